//! A hub on the loopback device, which answers every request as the test specifies.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The server's reply for a path.
pub enum Reply {
    /// A complete file.
    File(Vec<u8>),
    /// The rest of a file starting at a byte.
    Rest(usize, Vec<u8>),
    /// A file with another file's length, after which the connection ends.
    Claiming(u64, Vec<u8>),
    /// The same, but the connection stays open without a further byte.
    Stalling(u64, Vec<u8>),
    /// A file of that length, of which one byte arrives per interval.
    Dripping(u64, Duration),
    /// A file of unknown length, which ends with the connection.
    Unmeasured(Vec<u8>),
    /// A redirect to another address.
    Redirect(String),
    /// An error status.
    Status(u16),
    /// No reply, until the other side disconnects.
    Silence,
}

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub authorization: Option<String>,
    /// The first requested byte, if it is not the first of the file.
    pub from: Option<usize>,
}

/// A running server. Its thread ends with the test program.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Server { address: listener.local_addr().unwrap(), requests: Arc::default() };
        let (requests, answer) = (Arc::clone(&server.requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (requests, answer) = (Arc::clone(&requests), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &requests, &*answer));
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves one request per connection.
fn serve(mut stream: TcpStream, requests: &Mutex<Vec<Request>>, answer: &dyn Fn(&str) -> Reply) {
    let Some(request) = read(&stream) else { return };
    let reply = match (answer(&request.path), request.from) {
        (Reply::File(body), Some(from)) => Reply::Rest(from, body),
        (reply, _) => reply,
    };
    requests.lock().unwrap().push(request);
    // A client that has seen enough closes the connection, which is not an error here.
    let _ = send(&mut stream, reply);
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let (mut authorization, mut from) = (None, None);
    for line in lines.take_while(|line| !line.is_empty()) {
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.to_owned());
            }
            Some((name, value)) if name.eq_ignore_ascii_case("range") => {
                from = value.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-')?.parse().ok());
            }
            _ => {}
        }
    }
    Some(Request { path, authorization, from })
}

fn send(stream: &mut TcpStream, reply: Reply) -> io::Result<()> {
    let length = |n: u64| format!("Content-Length: {n}\r\n");
    match reply {
        Reply::File(body) => write(stream, 200, &length(body.len() as u64), &body),
        Reply::Rest(from, body) if from >= body.len() => write(stream, 416, &length(0), b""),
        Reply::Rest(from, body) => {
            let range = format!("Content-Range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len());
            let rest = &body[from..];
            write(stream, 206, &format!("{range}{}", length(rest.len() as u64)), rest)
        }
        Reply::Claiming(claim, body) => write(stream, 200, &length(claim), &body),
        Reply::Unmeasured(body) => write(stream, 200, "", &body),
        Reply::Redirect(to) => write(stream, 302, &format!("Location: {to}\r\n{}", length(0)), b""),
        Reply::Status(status) => write(stream, status, &length(0), b""),
        Reply::Silence => until_closed(stream),
        Reply::Dripping(claim, pause) => {
            write(stream, 200, &length(claim), b"")?;
            loop {
                stream.write_all(b"7")?;
                thread::sleep(pause);
            }
        }
        Reply::Stalling(claim, body) => {
            write(stream, 200, &length(claim), &body)?;
            until_closed(stream)
        }
    }
}

fn write(stream: &mut TcpStream, status: u16, header: &str, body: &[u8]) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status} -\r\nConnection: close\r\n{header}\r\n")?;
    stream.write_all(body)
}

fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    stream.read_to_end(&mut Vec::new()).map(drop)
}
