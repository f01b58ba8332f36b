//! What stderr says, read back: losses, counts and errors.

/// What the program told of a run. Lines of any other form are a violation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// Messages surely sent, perhaps, and surely not.
    pub unsent: Option<[usize; 3]>,
    /// The number of the message that was cut short, and its bytes.
    pub cut: Option<(usize, usize)>,
    /// stdout did not take everything.
    pub output_failed: bool,
    pub no_reply: bool,
    pub errors: Vec<String>,
}

const UNSENT: &str = "not everything that was read could be sent: ";

impl Told {
    pub fn read(stderr: &str) -> Result<Self, String> {
        let mut told = Self::default();
        for line in stderr.lines() {
            if let Some(error) = line.strip_prefix("wstalk: error: ") {
                told.error(error)?;
            } else if let Some(notice) = line.strip_prefix("* ") {
                told.notice(notice)?;
            } else if !line.starts_with("hint: ") {
                return Err(format!("stderr has a line of no known form: {line:?}"));
            }
        }
        Ok(told)
    }

    fn error(&mut self, error: &str) -> Result<(), String> {
        if let Some(counts) = error.strip_prefix(UNSENT) {
            let numbers: Result<[usize; 3], _> = numbers(counts).try_into();
            self.unsent = Some(
                numbers.map_err(|found| format!("not three counts: {found:?} in {counts:?}"))?,
            );
        }
        self.output_failed |= error.starts_with("cannot write stdout");
        self.errors.push(error.to_owned());
        Ok(())
    }

    fn notice(&mut self, notice: &str) -> Result<(), String> {
        if notice.contains("was cut short") {
            let [number, bytes] = numbers(notice)[..] else {
                return Err(format!("not two numbers: {notice:?}"));
            };
            self.cut = Some((number, bytes));
            return Ok(());
        }
        if notice.starts_with("no reply within") {
            self.no_reply = true;
            return Ok(());
        }
        Err(format!("an unknown notice: {notice:?}"))
    }
}

fn numbers(text: &str) -> Vec<usize> {
    let words = text.split([' ', ',']);
    words.filter_map(|word| word.parse().ok()).collect()
}
