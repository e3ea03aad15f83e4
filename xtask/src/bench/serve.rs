//! `cargo xtask bench serve`: how soon a preview shows its first page, and a page what was saved, as it is served and
//! as a browser draws it; gongkai and `hugo server` in turn on the same pages.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::corpus::{self, Page};
use super::words::SECTIONS;
use super::{clear, gongkai, hugo, import, report, with_hugo};
use crate::browser::chromium::Browser;
use crate::{shell, system};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Sizes of the corpus
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pages: Vec<usize>,
    /// Folder for corpora; a RAM disk, so that no disk is measured
    #[arg(long, default_value = "/dev/shm/gongkai-bench-serve")]
    dir: PathBuf,
    /// Starts of each program
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Saves after each start
    #[arg(long, default_value_t = 7)]
    saves: usize,
    /// Leave Hugo out
    #[arg(long)]
    no_hugo: bool,
    /// Leave the browser out
    #[arg(long)]
    no_pixels: bool,
    /// Measure this gongkai instead of building one
    #[arg(long)]
    gongkai: Option<PathBuf>,
}

/// The limits that the project has set itself: ready so many times sooner than Hugo, and seconds from saving to
/// serving at a size.
const READY_TIMES: f64 = 10.0;
const SAVED: [(usize, f64); 2] = [(10_000, 0.050), (100_000, 0.200)];

/// From so many pages on, Hugo's whole rendering takes minutes for each save and is left out.
const TOO_MANY: usize = 100_000;

/// Nothing that is measured takes longer.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is asked whether something is there yet.
const ASK: Duration = Duration::from_millis(1);
/// Between two saves, so that the second does not wait for what the first left to do.
const REST: Duration = Duration::from_millis(1500);

/// Rows of the workbook that is edited.
const ROWS: u32 = 1_000;

/// The page that is edited.
const EDITED: usize = 3;

/// What was measured of one program at one size, in seconds; memory in bytes.
#[derive(Default)]
struct Times {
    ready: Vec<f64>,
    /// A sentence added to a page, until the page is served with it.
    text: Vec<f64>,
    /// A new title, until the page and the data of its column are served with it; of Hugo's quick rendering, the
    /// page alone.
    title: Vec<f64>,
    /// A new page, until it and the data of its column are served.
    new: Vec<f64>,
    /// A page that was removed, until the data of its column is served without it.
    gone: Vec<f64>,
    /// Another name in one row of a workbook, until the data of its column is served with it; gongkai alone.
    row: Vec<f64>,
    /// A sentence added to a page that a browser shows, until the browser has drawn it.
    pixels: Vec<f64>,
    memory: u64,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let hugo = if arguments.no_hugo { None } else { Some(with_hugo(&shell::target_folder())?) };
    let gongkai = match &arguments.gongkai {
        Some(program) => fs::canonicalize(program)?,
        None => shell::built_gongkai()?,
    };
    let mut browser = if arguments.no_pixels {
        None
    } else {
        system::ensure(&system::BROWSER)?;
        Some(Browser::start()?)
    };
    for pages in &arguments.pages {
        let home = arguments.dir.join(pages.to_string());
        clear(&home)?;
        super::write_corpus(&home, *pages)?;
        println!("{pages} pages, {} starts in turn, {} saves each", arguments.runs, arguments.saves);
        let mut servers = vec![("gongkai", gongkai_server(&gongkai, &home.join("gongkai")))];
        if let Some(hugo) = &hugo {
            let server = |rendering| hugo_server(hugo, &home.join("hugo"), rendering);
            servers.push((QUICK, server(Rendering::Quick)));
            if *pages < TOO_MANY {
                servers.push((WHOLE, server(Rendering::Whole)));
            }
        }
        let mut measured: Vec<Times> = servers.iter().map(|_| Times::default()).collect();
        for run in 0..arguments.runs {
            for ((name, server), times) in servers.iter().zip(&mut measured) {
                measure(server, arguments.saves, browser.as_mut(), times)?;
                println!("  start {} of {}: {name} is measured", run + 1, arguments.runs);
            }
        }
        let named: Vec<(&str, Times)> = servers.iter().map(|(name, _)| *name).zip(measured).collect();
        print(*pages, &named);
        clear(&home)?;
    }
    Ok(())
}

/// Names of Hugo's two ways.
const QUICK: &str = "hugo";
const WHOLE: &str = "hugo, whole";

/// What Hugo renders after a change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rendering {
    /// By default: what was looked at lately. Lists and data files keep their old titles.
    Quick,
    /// Everything that depends on the change.
    Whole,
}

/// A preview to be started: its command without the port, and where the edited page lies and is served.
struct Server {
    program: PathBuf,
    arguments: Vec<String>,
    file: PathBuf,
    /// Below the host.
    page: String,
    /// Another file in the same folder, and where its page is served.
    other: (PathBuf, String),
    /// What else shows the page's title.
    dependents: Vec<String>,
    /// Hugo goes on serving a page whose file is gone.
    keeps_pages: bool,
    /// A workbook that becomes records.
    table: Option<PathBuf>,
}

fn gongkai_server(program: &Path, site: &Path) -> Server {
    let page = corpus::page(EDITED);
    let folder = SECTIONS[page.section].0;
    let arguments = ["--root", &site.display().to_string(), "serve"].map(str::to_owned).to_vec();
    let mut server = server(program, arguments, gongkai::page_file(site, &page), folder, &page);
    server.table = Some(site.join("content/penalty/rows.xlsx"));
    server
}

fn hugo_server(program: &Path, site: &Path, rendering: Rendering) -> Server {
    let page = corpus::page(EDITED);
    let folder = SECTIONS[page.section].0;
    let arguments =
        ["server", "--source", &site.display().to_string(), "--bind", "127.0.0.1"].map(str::to_owned).to_vec();
    let mut server = server(program, arguments, hugo::page_file(site, &page), folder, &page);
    server.keeps_pages = true;
    match rendering {
        Rendering::Quick => server.dependents.clear(),
        Rendering::Whole => server.arguments.push("--disableFastRender".to_owned()),
    }
    server
}

fn server(program: &Path, arguments: Vec<String>, file: PathBuf, folder: &str, page: &Page) -> Server {
    Server {
        program: program.to_owned(),
        arguments,
        other: (file.with_file_name("another-one.md"), format!("/aqsc/{folder}/another-one.html")),
        page: format!("/aqsc/{folder}/{}.html", page.name),
        file,
        // The table of a column holds every page; its listing and feed only the newest.
        dependents: vec![format!("/aqsc/{folder}/index.csv"), format!("/aqsc/{folder}/index.json")],
        keeps_pages: false,
        table: None,
    }
}

/// A running preview; ended with the value.
struct Running {
    child: Child,
    port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn measure(server: &Server, saves: usize, browser: Option<&mut Browser>, times: &mut Times) -> io::Result<()> {
    let original = fs::read_to_string(&server.file)?;
    let started = Instant::now();
    let running = start(server)?;
    until(&running, &server.page, "</html>")?;
    times.ready.push(started.elapsed().as_secs_f64());
    thread::sleep(REST);
    for save in 0..saves {
        let mark = format!("补充第{save}次");
        let text = fs::read_to_string(&server.file)?;
        let started = Instant::now();
        fs::write(&server.file, format!("{text}\n{mark}。\n"))?;
        until(&running, &server.page, &mark)?;
        times.text.push(started.elapsed().as_secs_f64());
        thread::sleep(REST);
        let title = format!("改名第{save}次");
        let text = titled(&fs::read_to_string(&server.file)?, &title);
        let started = Instant::now();
        fs::write(&server.file, text)?;
        // The page first: to ask for a table of all pages again and again would keep the machine busy.
        [&server.page].into_iter().chain(&server.dependents).try_for_each(|shown| until(&running, shown, &title))?;
        times.title.push(started.elapsed().as_secs_f64());
        thread::sleep(REST);
        // Hugo's quick rendering shows a new page nowhere but at its own address, and keeps one that is gone.
        if server.dependents.is_empty() {
            continue;
        }
        let (file, page) = &server.other;
        let title = format!("新增第{save}次");
        let started = Instant::now();
        fs::write(file, titled(&original, &title))?;
        [page].into_iter().chain(&server.dependents).try_for_each(|shown| until(&running, shown, &title))?;
        times.new.push(started.elapsed().as_secs_f64());
        thread::sleep(REST);
        let started = Instant::now();
        fs::remove_file(file)?;
        let page = (!server.keeps_pages).then_some(page);
        page.into_iter().chain(&server.dependents).try_for_each(|shown| until_gone(&running, shown, &title))?;
        times.gone.push(started.elapsed().as_secs_f64());
        thread::sleep(REST);
    }
    if let Some(table) = &server.table {
        rows(table, &running, saves, &mut times.row)?;
    }
    if let Some(browser) = browser {
        drawn(server, &running, saves, browser, &mut times.pixels)?;
    }
    times.memory = times.memory.max(peak(running.child.id())?);
    fs::write(&server.file, original)
}

/// Saves a workbook of penalties again and again, each time with another name in its first row.
fn rows(table: &Path, running: &Running, saves: usize, times: &mut Vec<f64>) -> io::Result<()> {
    let folder = table.parent().unwrap_or(table);
    fs::create_dir_all(folder)?;
    for save in 0..=saves {
        let company = format!("第{save}次改名有限公司");
        let bytes = import::workbook(ROWS, &company).save_to_buffer().map_err(io::Error::other)?;
        let started = Instant::now();
        fs::write(table, bytes)?;
        until(running, "/aqsc/penalty/index.csv", &company)?;
        // The first save makes the table.
        if save > 0 {
            times.push(started.elapsed().as_secs_f64());
        }
        thread::sleep(REST);
    }
    fs::remove_dir_all(folder)
}

/// A page with another title.
fn titled(page: &str, title: &str) -> String {
    let line = |line: &str| if line.starts_with("title = ") { format!("title = \"{title}\"") } else { line.to_owned() };
    page.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// Saves while a browser shows the page, which the preview loads again by itself.
fn drawn(
    server: &Server,
    running: &Running,
    saves: usize,
    browser: &mut Browser,
    times: &mut Vec<f64>,
) -> io::Result<()> {
    browser.open(&format!("http://localhost:{}{}", running.port, server.page))?;
    thread::sleep(REST);
    for save in 0..saves {
        let mark = format!("补画第{save}次");
        let text = fs::read_to_string(&server.file)?;
        let started = Instant::now();
        fs::write(&server.file, format!("{text}\n{mark}。\n"))?;
        // Two frames: what was in the document before the first is on the screen at the second.
        let drawn = format!(
            "document.body?.innerText.includes('{mark}') && new Promise(done => \
             requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        );
        // A page on its way to the next one has no answer.
        while browser.evaluate(&drawn).ok() != Some(true.into()) {
            if started.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{mark} was never drawn")));
            }
            thread::sleep(ASK);
        }
        times.push(started.elapsed().as_secs_f64());
        thread::sleep(REST);
    }
    browser.open("about:blank")
}

fn start(server: &Server) -> io::Result<Running> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let mut command = Command::new(&server.program);
    command.args(&server.arguments).args(["--port", &port.to_string()]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    Ok(Running { child, port })
}

/// Asks again and again until an address is served with certain words.
fn until(running: &Running, path: &str, words: &str) -> io::Result<()> {
    until_served(running, path, words, true)
}

/// Asks again and again until an address is served without certain words.
fn until_gone(running: &Running, path: &str, words: &str) -> io::Result<()> {
    until_served(running, path, words, false)
}

fn until_served(running: &Running, path: &str, words: &str, with: bool) -> io::Result<()> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let served = get(running.port, path).unwrap_or_default();
        if !served.is_empty() && holds(&served, words.as_bytes()) == with {
            return Ok(());
        }
        thread::sleep(ASK);
    }
    let with = if with { "with" } else { "without" };
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("{path} was never served {with} {words}")))
}

fn holds(text: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(text, words).is_some()
}

fn get(port: u16, path: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Most memory that a process has held, in bytes, as Linux tells it.
fn peak(id: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().map_err(io::Error::other)?;
    Ok(kibibytes * 1024)
}

fn print(pages: usize, measured: &[(&str, Times)]) {
    for (name, times) in measured {
        println!("  {name:<12} ready          {}", spread(&times.ready));
        println!("  {name:<12} text to page   {}", spread(&times.text));
        println!("  {name:<12} title to lists {}", spread(&times.title));
        let further = [
            ("page new", &times.new),
            ("page gone", &times.gone),
            ("row to lists", &times.row),
            ("text to pixels", &times.pixels),
        ];
        for (what, values) in further.into_iter().filter(|(_, values)| !values.is_empty()) {
            println!("  {name:<12} {what:<14} {}", spread(values));
        }
        println!("  {name:<12} peak           {} MiB", report::mebibytes(times.memory));
    }
    let of = |name: &str| measured.iter().find(|(known, _)| *known == name).map(|(_, times)| times);
    let ours = &measured[0].1;
    if let Some(quick) = of(QUICK) {
        let times = median(&ours.ready) / median(&quick.ready);
        println!("{}", report::verdict("ready, gongkai / hugo", times, 1.0 / READY_TIMES));
        println!("  text to page, gongkai / hugo       {:>8.3}", median(&ours.text) / median(&quick.text));
    }
    if let Some(whole) = of(WHOLE) {
        println!("  title to lists, gongkai / hugo     {:>8.3}", median(&ours.title) / median(&whole.title));
    }
    if let Some((_, limit)) = SAVED.iter().find(|(size, _)| *size == pages) {
        println!("{}", report::verdict("text to page, s", median(&ours.text), *limit));
        println!("{}", report::verdict("title to lists, s", median(&ours.title), *limit));
        println!("{}", report::verdict("new page to lists, s", median(&ours.new), *limit));
        println!("{}", report::verdict("page gone from lists, s", median(&ours.gone), *limit));
        println!("{}", report::verdict("row to lists, s", median(&ours.row), *limit));
    }
}

fn spread(values: &[f64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    format!("{:>8.3} s ({:.3}–{:.3})", sorted[last / 2], sorted[0], sorted[last])
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) / 2]
}
