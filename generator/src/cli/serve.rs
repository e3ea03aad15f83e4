//! `serve`: the preview for editors.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use gongkai::diag::Diagnostics;
use gongkai::{Request, Serve, Told, Watching};

use super::{Console, Day, exit, today};

#[derive(clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) day: Day,
    /// Port to listen at; otherwise the first free one from 8000 on
    #[arg(long)]
    port: Option<u16>,
    /// Name or address to listen at; others than this machine can see drafts of the portal then
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Open the portal in a browser
    #[arg(long)]
    open: bool,
    /// Compare files again and again instead of waiting to be told, for network drives
    #[arg(long)]
    poll: bool,
    /// Show drafts too, as if they were public
    #[arg(long, conflicts_with = "built")]
    drafts: bool,
    /// Serve what the last build wrote, as a content network would, instead of the sources
    #[arg(long)]
    built: bool,
    /// With --built: the output folder
    #[arg(long, default_value = "public")]
    out: PathBuf,
}

/// Shows the site until the program is ended.
pub(super) fn serve(console: Console, request: Request, options: &Options) -> u8 {
    let serve = Serve {
        request: Request { drafts: options.drafts, ..request },
        today,
        host: options.host.clone(),
        port: options.port,
        watching: if options.poll { Watching::Polled } else { Watching::Told },
        scratch: std::env::temp_dir(),
        language: console.language,
    };
    let screen = Screen { console, to_open: AtomicBool::new(options.open), warned: Mutex::default() };
    let tell = |told: Told<'_>| screen.tell(&told);
    // An absolute path replaces the root.
    let out = serve.request.root.join(&options.out);
    let ended = if options.built { gongkai::serve_built(&serve, &out, &tell) } else { gongkai::serve(&serve, &tell) };
    match ended {
        Ok(()) => exit::DONE,
        Err(diags) => {
            console.print(&diags);
            exit::NOT_WRITTEN
        }
    }
}

/// What the person at the terminal has been told.
struct Screen {
    console: Console,
    /// The browser is still to be opened.
    to_open: AtomicBool,
    /// The warnings that were printed last.
    warned: Mutex<Diagnostics>,
}

impl Screen {
    fn tell(&self, told: &Told<'_>) {
        let console = self.console;
        match told {
            Told::Listening { address, opened } => {
                println!("{} {address}", console.say("预览：", "preview:"));
                if *opened {
                    eprintln!(
                    "{}",
                    console.say(
                        "注意：别的电脑也能看到这个预览，包括还没有公开的内容；没有密码，也没有加密。用完请关掉。",
                        "Warning: other machines can see this preview, with what is not public yet; there is no password and no encryption. End it when you are done.",
                    )
                );
                }
                if self.to_open.swap(false, Ordering::Relaxed)
                    && let Err(error) = open::that_detached(address)
                {
                    eprintln!("{} {error}", console.say("没能打开浏览器：", "the browser could not be opened:"));
                }
            }
            Told::Showing { generation, portal, took } => {
                self.warn(&portal.warnings);
                println!(
                    "{}",
                    match console.chinese() {
                        true => format!(
                            "第 {generation} 版：{} 条记录，{} 个页面，截至 {}，{:.3} 秒",
                            portal.records(),
                            portal.pages(),
                            portal.as_of(),
                            took.as_secs_f64()
                        ),
                        false => format!(
                            "state {generation}: {} records, {} pages, as of {}, {:.3} s",
                            portal.records(),
                            portal.pages(),
                            portal.as_of(),
                            took.as_secs_f64()
                        ),
                    }
                );
            }
            Told::Problems(diags) => {
                console.print(diags);
                let errors = diags.errors();
                eprintln!(
                    "{}",
                    match console.chinese() {
                        true => format!("有 {errors} 处错误；预览还是上一次没有错误时的样子。"),
                        false => format!("{errors} errors; the preview stays as it was before them."),
                    }
                );
            }
            Told::NotWatched(why) => {
                eprintln!("{} {why}", console.say("有些改动可能看不到：", "some changes may go unseen:"));
            }
            Told::Polling(why) => {
                eprintln!("{} {why}", console.say("改动靠定时比较文件发现。", "Changes are found by comparing files."));
            }
        }
    }

    /// Prints warnings, unless they are those of the last state.
    fn warn(&self, warnings: &Diagnostics) {
        let mut warned = self.warned.lock().expect("no thread panics while it holds the warnings");
        if *warned != *warnings {
            self.console.print(warnings);
            warned.clone_from(warnings);
        }
    }
}
