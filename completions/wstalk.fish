# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wstalk_global_optspecs
    string join \n H/header= o/origin= s/subprotocol= host= u/user= bearer= cookie= A/user-agent= L/location max-redirects= no-compression 4/ipv4 6/ipv6 resolve= unix-socket= proxy= proxy-user= noproxy= connect-timeout= retry= retry-delay= m/max-time= k/insecure cacert= cert= key= passphrase= tls-min= tls-max= no-sni x/execute= expect= w/wait= pace echo close-code= close-reason= no-close reconnect= b/binary input= 0 json output= P/show-ping-pong 1 N/count= until= linger= E/exit-on-eof fragment= max-message-size= close-timeout= ping-interval= ping-timeout= v/verbose show-secrets timestamps pretty= history= q/quiet color= stats record= V/version h/help
end

function __fish_wstalk_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_wstalk_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_wstalk_global_optspecs) -- $cmd '' 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_wstalk_using_subcommand
    set -l cmd (__fish_wstalk_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c wstalk -n "__fish_wstalk_needs_command" -s H -l header -d 'Add a header; \'NAME:\' removes one; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s o -l origin -d 'The page\'s origin, as a browser sends it' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s s -l subprotocol -d 'Offer subprotocols, the preferred one first' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l host -d 'The Host header, if not the URL\'s' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s u -l user -d 'Log in (Basic); no PASS: ask for it; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l bearer -d 'Log in with a bearer token, or @FILE' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l cookie -d 'The Cookie header: \'a=1; b=2\', or @FILE' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s A -l user-agent -d 'The User-Agent header' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l max-redirects -d 'How many redirects to follow [default: 10]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l resolve -d 'Use ADDR for HOST at PORT; `*` is any host' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l unix-socket -d 'Connect to this socket, not to host and port' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -l proxy -d 'Go through http://, https:// or socks5(h)://' -r -f
complete -c wstalk -n "__fish_wstalk_needs_command" -l proxy-user -d 'Log in at the proxy; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l noproxy -d 'Reach these hosts directly; `*`: all' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l connect-timeout -d 'Limit from DNS to the upgrade [default: 30]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l retry -d 'Try again, for a server that is starting' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l retry-delay -d 'The pause before each --retry' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s m -l max-time -d 'Limit of the whole run (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l cacert -d 'Trust only the certificates in this PEM file' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -l cert -d 'Our certificate: PEM, with its chain, or PKCS#12' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -l key -d 'The certificate\'s private key: PEM, PKCS#8' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -l passphrase -d 'What opens the key, or @FILE; asked for if needed' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l tls-min -d 'The oldest version, 1.0 to 1.3 [default: 1.2]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_needs_command" -l tls-max -d 'The newest version, 1.0 to 1.3 [default: 1.3]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_needs_command" -s x -l execute -d 'Send this on connect, in the notation' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l expect -d 'Expect this next; in one order with -x' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -s w -l wait -d 'Read no stdin: stay so long after -x, then close' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l close-code -d 'The code of our Close frame [default: 1000]' -r -f -a "1000\t'normal closure'
1001\t'going away'
1002\t'protocol error'
1003\t'unsupported data'
1007\t'invalid payload data'
1008\t'policy violation'
1009\t'message too big'
1010\t'extension needed'
1011\t'internal error'
1012\t'service restart'
1013\t'try again later'
1014\t'bad gateway'
3000\t'unauthorized'
3003\t'forbidden'
3008\t'timeout'"
complete -c wstalk -n "__fish_wstalk_needs_command" -l close-reason -d 'The reason in our Close frame' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l reconnect -d 'Connect again when the connection is lost' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l input -d 'lines, nul, whole, chunks, notation or json' -r -f -a "lines\t'A line is a message'
nul\t'A message ends with a zero byte'
whole\t'All of stdin is one message'
chunks\t'What is read at once is a message'
notation\t'A line is a message in the notation of the prompt'
json\t'A line is a JSON object: {"text":"hi"}, {"base64":"AQL/"}, or an event of a recording'"
complete -c wstalk -n "__fish_wstalk_needs_command" -l output -d 'lines, nul, raw (bytes as is), notation or json' -r -f -a "lines\t'The payload and a line feed'
nul\t'The payload and a zero byte'
raw\t'The payload'
notation\t'A line for each message, in the notation of the prompt'
json\t'A line for each event, as JSON'"
complete -c wstalk -n "__fish_wstalk_needs_command" -s N -l count -d 'Stop after N data messages' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l until -d 'Stop after the first message that matches' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l linger -d 'Stay until all was quiet so long [default: 1]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l fragment -d 'Cut messages into frames of SIZE [default: 1M]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l max-message-size -d 'Largest message [default: 64M where held whole]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l close-timeout -d 'Limit for the other\'s Close [default: 5]' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l ping-interval -d 'Send a ping so often' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l ping-timeout -d 'Limit of silence after a ping (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_needs_command" -l pretty -d 'Indent JSON on a screen: auto, always, never' -r -f -a "auto\t'Where it does not fit on a row'
always\t'Always'
never\t'Never: messages as they came'"
complete -c wstalk -n "__fish_wstalk_needs_command" -l history -d 'Keep typed lines in this file, or nowhere' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -l color -d 'Colours: auto, always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c wstalk -n "__fish_wstalk_needs_command" -l record -d 'Write every event to a new file, as JSON lines' -r -F
complete -c wstalk -n "__fish_wstalk_needs_command" -s L -l location -d 'Follow redirects; secrets stay with their origin'
complete -c wstalk -n "__fish_wstalk_needs_command" -l no-compression -d 'Do not offer permessage-deflate'
complete -c wstalk -n "__fish_wstalk_needs_command" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c wstalk -n "__fish_wstalk_needs_command" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c wstalk -n "__fish_wstalk_needs_command" -s k -l insecure -d 'Accept any certificate: encrypted, but with whom?'
complete -c wstalk -n "__fish_wstalk_needs_command" -l no-sni -d 'Do not tell the server which host is meant'
complete -c wstalk -n "__fish_wstalk_needs_command" -l pace -d 'Send a recording in its own time, not at once'
complete -c wstalk -n "__fish_wstalk_needs_command" -l echo -d 'Send every data message back, until the server closes'
complete -c wstalk -n "__fish_wstalk_needs_command" -l no-close -d 'Drop the connection, without a Close frame'
complete -c wstalk -n "__fish_wstalk_needs_command" -s b -l binary -d 'Send stdin as binary messages'
complete -c wstalk -n "__fish_wstalk_needs_command" -s 0 -d 'Zero bytes end messages: --input nul --output nul'
complete -c wstalk -n "__fish_wstalk_needs_command" -l json -d 'JSON both ways: --input json --output json'
complete -c wstalk -n "__fish_wstalk_needs_command" -s P -l show-ping-pong -d 'Show pings and pongs too'
complete -c wstalk -n "__fish_wstalk_needs_command" -s 1 -d 'Stop after the first data message'
complete -c wstalk -n "__fish_wstalk_needs_command" -s E -l exit-on-eof -d 'Close at the end of stdin: --linger 0'
complete -c wstalk -n "__fish_wstalk_needs_command" -s v -l verbose -d 'Show opening and closing; -vv: each frame'
complete -c wstalk -n "__fish_wstalk_needs_command" -l show-secrets -d 'Show secrets where they are masked'
complete -c wstalk -n "__fish_wstalk_needs_command" -l timestamps -d 'Number messages, with time and gap, on a screen'
complete -c wstalk -n "__fish_wstalk_needs_command" -s q -l quiet -d 'No notices; errors and losses stay'
complete -c wstalk -n "__fish_wstalk_needs_command" -l stats -d 'Say at the end what passed'
complete -c wstalk -n "__fish_wstalk_needs_command" -s V -l version -d 'Print the version'
complete -c wstalk -n "__fish_wstalk_needs_command" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "demo" -d 'Talk to a built-in echo server: needs no server and no network'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "curl" -d 'Connect as a browser\'s "Copy as cURL" of a WebSocket request says'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "check" -d 'Run transcripts as tests of a server'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "listen" -d 'Serve WebSocket clients on this machine, to test them against'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c wstalk -n "__fish_wstalk_needs_command" -f -a "man" -d 'Print the manual, for man'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s H -l header -d 'Add a header; \'NAME:\' removes one; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s o -l origin -d 'The page\'s origin, as a browser sends it' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s s -l subprotocol -d 'Offer subprotocols, the preferred one first' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l host -d 'The Host header, if not the URL\'s' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s u -l user -d 'Log in (Basic); no PASS: ask for it; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l bearer -d 'Log in with a bearer token, or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l cookie -d 'The Cookie header: \'a=1; b=2\', or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s A -l user-agent -d 'The User-Agent header' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l max-redirects -d 'How many redirects to follow [default: 10]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l resolve -d 'Use ADDR for HOST at PORT; `*` is any host' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l unix-socket -d 'Connect to this socket, not to host and port' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l proxy -d 'Go through http://, https:// or socks5(h)://' -r -f
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l proxy-user -d 'Log in at the proxy; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l noproxy -d 'Reach these hosts directly; `*`: all' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l connect-timeout -d 'Limit from DNS to the upgrade [default: 30]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l retry -d 'Try again, for a server that is starting' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l retry-delay -d 'The pause before each --retry' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s m -l max-time -d 'Limit of the whole run (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l cacert -d 'Trust only the certificates in this PEM file' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l cert -d 'Our certificate: PEM, with its chain, or PKCS#12' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l key -d 'The certificate\'s private key: PEM, PKCS#8' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l passphrase -d 'What opens the key, or @FILE; asked for if needed' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l tls-min -d 'The oldest version, 1.0 to 1.3 [default: 1.2]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l tls-max -d 'The newest version, 1.0 to 1.3 [default: 1.3]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s x -l execute -d 'Send this on connect, in the notation' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l expect -d 'Expect this next; in one order with -x' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s w -l wait -d 'Read no stdin: stay so long after -x, then close' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l close-code -d 'The code of our Close frame [default: 1000]' -r -f -a "1000\t'normal closure'
1001\t'going away'
1002\t'protocol error'
1003\t'unsupported data'
1007\t'invalid payload data'
1008\t'policy violation'
1009\t'message too big'
1010\t'extension needed'
1011\t'internal error'
1012\t'service restart'
1013\t'try again later'
1014\t'bad gateway'
3000\t'unauthorized'
3003\t'forbidden'
3008\t'timeout'"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l close-reason -d 'The reason in our Close frame' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l reconnect -d 'Connect again when the connection is lost' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l input -d 'lines, nul, whole, chunks, notation or json' -r -f -a "lines\t'A line is a message'
nul\t'A message ends with a zero byte'
whole\t'All of stdin is one message'
chunks\t'What is read at once is a message'
notation\t'A line is a message in the notation of the prompt'
json\t'A line is a JSON object: {"text":"hi"}, {"base64":"AQL/"}, or an event of a recording'"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l output -d 'lines, nul, raw (bytes as is), notation or json' -r -f -a "lines\t'The payload and a line feed'
nul\t'The payload and a zero byte'
raw\t'The payload'
notation\t'A line for each message, in the notation of the prompt'
json\t'A line for each event, as JSON'"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s N -l count -d 'Stop after N data messages' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l until -d 'Stop after the first message that matches' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l linger -d 'Stay until all was quiet so long [default: 1]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l fragment -d 'Cut messages into frames of SIZE [default: 1M]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l max-message-size -d 'Largest message [default: 64M where held whole]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l close-timeout -d 'Limit for the other\'s Close [default: 5]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l ping-interval -d 'Send a ping so often' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l ping-timeout -d 'Limit of silence after a ping (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l pretty -d 'Indent JSON on a screen: auto, always, never' -r -f -a "auto\t'Where it does not fit on a row'
always\t'Always'
never\t'Never: messages as they came'"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l history -d 'Keep typed lines in this file, or nowhere' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l color -d 'Colours: auto, always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l record -d 'Write every event to a new file, as JSON lines' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s L -l location -d 'Follow redirects; secrets stay with their origin'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l no-compression -d 'Do not offer permessage-deflate'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s k -l insecure -d 'Accept any certificate: encrypted, but with whom?'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l no-sni -d 'Do not tell the server which host is meant'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l pace -d 'Send a recording in its own time, not at once'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l echo -d 'Send every data message back, until the server closes'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l no-close -d 'Drop the connection, without a Close frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s b -l binary -d 'Send stdin as binary messages'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s 0 -d 'Zero bytes end messages: --input nul --output nul'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l json -d 'JSON both ways: --input json --output json'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s P -l show-ping-pong -d 'Show pings and pongs too'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s 1 -d 'Stop after the first data message'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s E -l exit-on-eof -d 'Close at the end of stdin: --linger 0'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s v -l verbose -d 'Show opening and closing; -vv: each frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l show-secrets -d 'Show secrets where they are masked'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l timestamps -d 'Number messages, with time and gap, on a screen'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s q -l quiet -d 'No notices; errors and losses stay'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -l stats -d 'Say at the end what passed'
complete -c wstalk -n "__fish_wstalk_using_subcommand demo" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s H -l header -d 'Add a header; \'NAME:\' removes one; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s o -l origin -d 'The page\'s origin, as a browser sends it' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s s -l subprotocol -d 'Offer subprotocols, the preferred one first' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l host -d 'The Host header, if not the URL\'s' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s u -l user -d 'Log in (Basic); no PASS: ask for it; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l bearer -d 'Log in with a bearer token, or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l cookie -d 'The Cookie header: \'a=1; b=2\', or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s A -l user-agent -d 'The User-Agent header' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l max-redirects -d 'How many redirects to follow [default: 10]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l resolve -d 'Use ADDR for HOST at PORT; `*` is any host' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l unix-socket -d 'Connect to this socket, not to host and port' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l proxy -d 'Go through http://, https:// or socks5(h)://' -r -f
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l proxy-user -d 'Log in at the proxy; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l noproxy -d 'Reach these hosts directly; `*`: all' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l connect-timeout -d 'Limit from DNS to the upgrade [default: 30]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l retry -d 'Try again, for a server that is starting' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l retry-delay -d 'The pause before each --retry' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s m -l max-time -d 'Limit of the whole run (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l cacert -d 'Trust only the certificates in this PEM file' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l cert -d 'Our certificate: PEM, with its chain, or PKCS#12' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l key -d 'The certificate\'s private key: PEM, PKCS#8' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l passphrase -d 'What opens the key, or @FILE; asked for if needed' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l tls-min -d 'The oldest version, 1.0 to 1.3 [default: 1.2]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l tls-max -d 'The newest version, 1.0 to 1.3 [default: 1.3]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s x -l execute -d 'Send this on connect, in the notation' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l expect -d 'Expect this next; in one order with -x' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s w -l wait -d 'Read no stdin: stay so long after -x, then close' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l close-code -d 'The code of our Close frame [default: 1000]' -r -f -a "1000\t'normal closure'
1001\t'going away'
1002\t'protocol error'
1003\t'unsupported data'
1007\t'invalid payload data'
1008\t'policy violation'
1009\t'message too big'
1010\t'extension needed'
1011\t'internal error'
1012\t'service restart'
1013\t'try again later'
1014\t'bad gateway'
3000\t'unauthorized'
3003\t'forbidden'
3008\t'timeout'"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l close-reason -d 'The reason in our Close frame' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l reconnect -d 'Connect again when the connection is lost' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l input -d 'lines, nul, whole, chunks, notation or json' -r -f -a "lines\t'A line is a message'
nul\t'A message ends with a zero byte'
whole\t'All of stdin is one message'
chunks\t'What is read at once is a message'
notation\t'A line is a message in the notation of the prompt'
json\t'A line is a JSON object: {"text":"hi"}, {"base64":"AQL/"}, or an event of a recording'"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l output -d 'lines, nul, raw (bytes as is), notation or json' -r -f -a "lines\t'The payload and a line feed'
nul\t'The payload and a zero byte'
raw\t'The payload'
notation\t'A line for each message, in the notation of the prompt'
json\t'A line for each event, as JSON'"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s N -l count -d 'Stop after N data messages' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l until -d 'Stop after the first message that matches' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l linger -d 'Stay until all was quiet so long [default: 1]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l fragment -d 'Cut messages into frames of SIZE [default: 1M]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l max-message-size -d 'Largest message [default: 64M where held whole]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l close-timeout -d 'Limit for the other\'s Close [default: 5]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l ping-interval -d 'Send a ping so often' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l ping-timeout -d 'Limit of silence after a ping (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l pretty -d 'Indent JSON on a screen: auto, always, never' -r -f -a "auto\t'Where it does not fit on a row'
always\t'Always'
never\t'Never: messages as they came'"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l history -d 'Keep typed lines in this file, or nowhere' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l color -d 'Colours: auto, always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l record -d 'Write every event to a new file, as JSON lines' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s L -l location -d 'Follow redirects; secrets stay with their origin'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l no-compression -d 'Do not offer permessage-deflate'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s k -l insecure -d 'Accept any certificate: encrypted, but with whom?'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l no-sni -d 'Do not tell the server which host is meant'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l pace -d 'Send a recording in its own time, not at once'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l echo -d 'Send every data message back, until the server closes'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l no-close -d 'Drop the connection, without a Close frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s b -l binary -d 'Send stdin as binary messages'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s 0 -d 'Zero bytes end messages: --input nul --output nul'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l json -d 'JSON both ways: --input json --output json'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s P -l show-ping-pong -d 'Show pings and pongs too'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s 1 -d 'Stop after the first data message'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s E -l exit-on-eof -d 'Close at the end of stdin: --linger 0'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s v -l verbose -d 'Show opening and closing; -vv: each frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l show-secrets -d 'Show secrets where they are masked'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l timestamps -d 'Number messages, with time and gap, on a screen'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s q -l quiet -d 'No notices; errors and losses stay'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -l stats -d 'Say at the end what passed'
complete -c wstalk -n "__fish_wstalk_using_subcommand curl" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l variable -d 'Set what {{NAME}} stands for in a transcript' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l secret -d 'The same, masked wherever it would be seen' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l variables-file -d 'Set variables from a file of lines NAME=VALUE' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l file-root -d 'The folder that /file may read' -r -f -a "(__fish_complete_directories)"
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l url -d 'The server: the same as --variable base=URL' -r -f
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s j -l jobs -d 'So many files at a time' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l report-junit -d 'Write JUnit XML; `-`: stdout' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l report-tap -d 'Write TAP 14; `-`: stdout' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l report-json -d 'Write JSON; `-`: stdout' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l record-on-fail -d 'Keep a recording of each file that fails' -r -f -a "(__fish_complete_directories)"
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s H -l header -d 'Add a header; \'NAME:\' removes one; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s o -l origin -d 'The page\'s origin, as a browser sends it' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s s -l subprotocol -d 'Offer subprotocols, the preferred one first' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l host -d 'The Host header, if not the URL\'s' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s u -l user -d 'Log in (Basic); no PASS: ask for it; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l bearer -d 'Log in with a bearer token, or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l cookie -d 'The Cookie header: \'a=1; b=2\', or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s A -l user-agent -d 'The User-Agent header' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l max-redirects -d 'How many redirects to follow [default: 10]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l resolve -d 'Use ADDR for HOST at PORT; `*` is any host' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l unix-socket -d 'Connect to this socket, not to host and port' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l proxy -d 'Go through http://, https:// or socks5(h)://' -r -f
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l proxy-user -d 'Log in at the proxy; or @FILE' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l noproxy -d 'Reach these hosts directly; `*`: all' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l connect-timeout -d 'Limit from DNS to the upgrade [default: 30]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l retry -d 'Try again, for a server that is starting' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l retry-delay -d 'The pause before each --retry' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s m -l max-time -d 'Limit of the whole run (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l cacert -d 'Trust only the certificates in this PEM file' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l cert -d 'Our certificate: PEM, with its chain, or PKCS#12' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l key -d 'The certificate\'s private key: PEM, PKCS#8' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l passphrase -d 'What opens the key, or @FILE; asked for if needed' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l tls-min -d 'The oldest version, 1.0 to 1.3 [default: 1.2]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l tls-max -d 'The newest version, 1.0 to 1.3 [default: 1.3]' -r -f -a "1.0\t''
1.1\t''
1.2\t''
1.3\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l fragment -d 'Cut messages into frames of SIZE [default: 1M]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l max-message-size -d 'Largest message [default: 64M where held whole]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l close-timeout -d 'Limit for the other\'s Close [default: 5]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l ping-interval -d 'Send a ping so often' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l ping-timeout -d 'Limit of silence after a ping (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l color -d 'Colours: auto, always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s L -l location -d 'Follow redirects; secrets stay with their origin'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l no-compression -d 'Do not offer permessage-deflate'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s k -l insecure -d 'Accept any certificate: encrypted, but with whom?'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l no-sni -d 'Do not tell the server which host is meant'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s q -l quiet -d 'No notices; errors and losses stay'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s v -l verbose -d 'Show opening and closing; -vv: each frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -l show-secrets -d 'Show secrets where they are masked'
complete -c wstalk -n "__fish_wstalk_using_subcommand check" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l script -d 'Play the server\'s side of a transcript, `-`: stdin' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l variable -d 'Set what {{NAME}} stands for in a transcript' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l secret -d 'The same, masked wherever it would be seen' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l variables-file -d 'Set variables from a file of lines NAME=VALUE' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l file-root -d 'The folder that /file may read' -r -f -a "(__fish_complete_directories)"
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s s -l subprotocol -d 'Agree to a subprotocol that a client offers' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l allow-origin -d 'Let pages of this origin in, `*`: of any' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l cert -d 'Our certificate: PEM, with its chain, or PKCS#12' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l key -d 'The certificate\'s private key: PEM, PKCS#8' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l passphrase -d 'What opens the key, or @FILE; asked for if needed' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l input -d 'lines, nul, whole, chunks, notation or json' -r -f -a "lines\t'A line is a message'
nul\t'A message ends with a zero byte'
whole\t'All of stdin is one message'
chunks\t'What is read at once is a message'
notation\t'A line is a message in the notation of the prompt'
json\t'A line is a JSON object: {"text":"hi"}, {"base64":"AQL/"}, or an event of a recording'"
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l output -d 'lines, nul, raw (bytes as is), notation or json' -r -f -a "lines\t'The payload and a line feed'
nul\t'The payload and a zero byte'
raw\t'The payload'
notation\t'A line for each message, in the notation of the prompt'
json\t'A line for each event, as JSON'"
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s N -l count -d 'Stop after N data messages' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l until -d 'Stop after the first message that matches' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l linger -d 'Stay until all was quiet so long [default: 1]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l fragment -d 'Cut messages into frames of SIZE [default: 1M]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l max-message-size -d 'Largest message [default: 64M where held whole]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l close-timeout -d 'Limit for the other\'s Close [default: 5]' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l ping-interval -d 'Send a ping so often' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l ping-timeout -d 'Limit of silence after a ping (exit 28)' -r
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l pretty -d 'Indent JSON on a screen: auto, always, never' -r -f -a "auto\t'Where it does not fit on a row'
always\t'Always'
never\t'Never: messages as they came'"
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l history -d 'Keep typed lines in this file, or nowhere' -r -F
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l color -d 'Colours: auto, always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l echo -d 'Send every data message back'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l no-compression -d 'Do not agree to permessage-deflate'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s b -l binary -d 'Send stdin as binary messages'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s 0 -d 'Zero bytes end messages: --input nul --output nul'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l json -d 'JSON both ways: --input json --output json'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s P -l show-ping-pong -d 'Show pings and pongs too'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s 1 -d 'Stop after the first data message'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s E -l exit-on-eof -d 'Close at the end of stdin: --linger 0'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s v -l verbose -d 'Show opening and closing; -vv: each frame'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l show-secrets -d 'Show secrets where they are masked'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -l timestamps -d 'Number messages, with time and gap, on a screen'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s q -l quiet -d 'No notices; errors and losses stay'
complete -c wstalk -n "__fish_wstalk_using_subcommand listen" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand completions" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand man" -s h -l help -d 'Print help: -h what is used most, --help everything'
complete -c wstalk -n "__fish_wstalk_using_subcommand completions" -f -a "bash zsh fish powershell elvish"
