//! Where the TLS library finds what it takes from its surroundings, decided before
//! it is asked for anything.
//!
//! OpenSSL reads the system's authorities whenever a connector is made, also one that
//! trusts a given certificate alone or anyone: 8 ms, more than everything else at the
//! start together. And it refuses versions of TLS before 1.2 at the security level
//! that it takes from its configuration. Both are told by variables of the
//! environment alone, read once a process; so they are set before there is a second
//! thread. The only unsafe code of the program.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use memchr::memmem;
use rustix::io::FdFlags;

/// Where the file with the system's authorities is named, for OpenSSL.
const FILE: &str = "SSL_CERT_FILE";
/// Where a directory is named in which each is found by a hash of its name.
const DIRECTORY: &str = "SSL_CERT_DIR";
/// Where OpenSSL's configuration is named.
const CONFIGURATION: &str = "OPENSSL_CONF";
/// A file without any authority.
const NOTHING: &str = "/dev/null";

/// Larger than a certificate in a hashed directory, in bytes.
const MAX_CERTIFICATE: usize = 64 * 1024;

/// What lets OpenSSL agree to any version that it knows.
const ANY_VERSION: &str = "\
openssl_conf = all
[all]
ssl_conf = tls
[tls]
system_default = defaults
[defaults]
CipherString = DEFAULT@SECLEVEL=0
";

/// Has the system's authorities not read, nor a file of them that the environment
/// names. To be called before anything else, while there is one thread.
pub fn forget_system_roots() {
    set(FILE, NOTHING.as_ref());
}

/// Has the system's authorities looked up one by one, as they are needed, where a
/// hashed directory has every one that the file of them has. What the user says of
/// either stays. To be called before anything else, while there is one thread.
pub fn look_up_system_roots() {
    if env::var_os(FILE).is_some() || env::var_os(DIRECTORY).is_some() {
        return;
    }
    if let Some((file, directories)) = system_roots()
        && covers(&directories, &file).unwrap_or(false)
    {
        set(FILE, NOTHING.as_ref());
    }
}

/// Lets OpenSSL agree to versions of TLS before 1.2, unless the user has named a
/// configuration. To be called before anything else, while there is one thread.
pub fn allow_old_versions() {
    if env::var_os(CONFIGURATION).is_none()
        && let Ok(text) = readable(ANY_VERSION.as_bytes())
    {
        set(
            CONFIGURATION,
            format!("/dev/fd/{}", text.as_raw_fd()).as_ref(),
        );
        // It is read when the library is used first, and there is no later moment
        // at which to close it.
        std::mem::forget(text);
    }
}

#[allow(
    unsafe_code,
    reason = "the library takes this from the environment alone"
)]
fn set(name: &str, value: &OsStr) {
    // SAFETY: nothing else runs yet that could read the environment.
    unsafe { env::set_var(name, value) };
}

/// The file and the directories that the library will look at.
fn system_roots() -> Option<(PathBuf, Vec<PathBuf>)> {
    let found = openssl_probe::probe();
    Some((found.cert_file?, found.cert_dir))
}

/// A pipe that holds a short text.
fn readable(text: &[u8]) -> io::Result<OwnedFd> {
    let (read, write) = rustix::pipe::pipe()?;
    rustix::io::fcntl_setfd(&read, FdFlags::CLOEXEC)?;
    File::from(write).write_all(text)?;
    Ok(read)
}

/// Whether every certificate in the file is found by its hash in the directories.
fn covers(directories: &[PathBuf], file: &Path) -> io::Result<bool> {
    let file = fs::read(file)?;
    let mut wanted = certificates(&file);
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = vec![false; wanted.len()];
    for directory in directories {
        // One that is missing has none.
        let _ = each_hashed(directory, |certificate| {
            if let Ok(at) = wanted.binary_search(&certificate) {
                found[at] = true;
            }
        });
    }
    Ok(!found.is_empty() && found.into_iter().all(|found| found))
}

/// Every certificate that OpenSSL finds in a directory. It looks for `HASH.0`, then
/// for `HASH.1`, and ends at the first that it cannot read.
fn each_hashed(directory: &Path, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let entries = fs::read_dir(directory)?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| hashed(name).is_some()).collect();
    names.sort_unstable();
    let mut buffer = vec![0; MAX_CERTIFICATE];
    let mut next = (String::new(), 0);
    for name in names {
        let Some((hash, number)) = hashed(&name) else {
            continue;
        };
        let in_turn = number == 0 || (hash, number) == (&next.0, next.1);
        let read = File::open(directory.join(&name)).and_then(|mut file| file.read(&mut buffer));
        let (true, Ok(count)) = (in_turn, read) else {
            continue;
        };
        if let Some(certificate) = certificates(&buffer[..count]).first() {
            each(certificate);
            next = (hash.to_owned(), number + 1);
        }
    }
    Ok(())
}

/// The parts of a name such as `002c0b4f.0`.
fn hashed(name: &str) -> Option<(&str, u32)> {
    let (hash, number) = name.split_once('.')?;
    let is_hash = hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    number
        .parse()
        .ok()
        .filter(|_| is_hash)
        .map(|number| (hash, number))
}

/// The PEM blocks of a file, each from its beginning to its end.
fn certificates(file: &[u8]) -> Vec<&[u8]> {
    let ends = memmem::Finder::new("-----END ");
    let begins = memmem::find_iter(file, "-----BEGIN ");
    begins
        .filter_map(|begin| {
            let block = &file[begin..];
            block.get(..ends.find(block)?)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn pem(body: &str) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    struct Roots {
        directory: TempDir,
        file: PathBuf,
    }

    /// A directory with these certificates under these names, and a file of others.
    fn roots(hashed: &[(&str, &str)], file: &[&str]) -> Roots {
        let directory = TempDir::new().unwrap();
        for (number, (name, body)) in hashed.iter().enumerate() {
            let target = directory.path().join(format!("{number}.pem"));
            fs::write(&target, pem(body)).unwrap();
            symlink(&target, directory.path().join(name)).unwrap();
        }
        let path = directory.path().join("all.crt");
        let bodies: Vec<String> = file.iter().map(|body| pem(body)).collect();
        fs::write(&path, bodies.join("# a name\n")).unwrap();
        Roots {
            directory,
            file: path,
        }
    }

    fn covered(hashed: &[(&str, &str)], file: &[&str]) -> bool {
        let roots = roots(hashed, file);
        covers(&[roots.directory.path().to_owned()], &roots.file).unwrap()
    }

    #[test]
    fn a_directory_counts_that_has_every_certificate_of_the_file() {
        let two = [("00000001.0", "AAAA"), ("00000002.0", "BBBB")];
        assert!(covered(&two, &["BBBB", "AAAA"]));
        assert!(covered(&two, &["BBBB"]));
        assert!(covered(&two, &["AAAA", "AAAA"]));
        assert!(!covered(&two, &["AAAA", "BBBB", "CCCC"]));
        assert!(!covered(&[], &["AAAA"]));
        assert!(!covered(&two, &[]));
    }

    #[test]
    fn only_what_the_library_finds_by_a_hash_counts() {
        for (name, counts) in [
            ("0123abcd.0", true),
            ("0123abcd.1", false),
            ("0123abcd.r0", false),
            ("0123abc.0", false),
            ("0123abcx.0", false),
            ("a.pem", false),
        ] {
            assert_eq!(covered(&[(name, "AAAA")], &["AAAA"]), counts, "{name}");
        }
    }

    #[test]
    fn two_with_the_same_hash_are_found_one_after_the_other() {
        let both = [("0123abcd.1", "BBBB"), ("0123abcd.0", "AAAA")];
        assert!(covered(&both, &["AAAA", "BBBB"]));
        let roots = roots(&both, &["BBBB"]);
        fs::remove_file(roots.directory.path().join("1.pem")).unwrap();
        let directory = roots.directory.path().to_owned();
        assert!(!covers(&[directory], &roots.file).unwrap());
    }

    #[test]
    fn a_directory_that_is_missing_has_nothing() {
        let roots = roots(&[], &["AAAA"]);
        assert!(!covers(&[PathBuf::from("/nowhere")], &roots.file).unwrap());
        assert!(covers(&[], Path::new("/nowhere/all.crt")).is_err());
    }

    #[test]
    fn a_text_can_be_read_by_the_name_of_its_descriptor() {
        let text = readable(b"a text").unwrap();
        let name = format!("/dev/fd/{}", text.as_raw_fd());
        assert_eq!(fs::read_to_string(name).unwrap(), "a text");
    }
}
