//! `init` and `new`: first files for people to fill in.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::Subcommand;
use jiff::civil::Date;

use super::{Console, exit};

#[derive(Subcommand)]
pub(super) enum New {
    /// A Markdown page in a column: `gongkai new page news/2026-notice "标题"`
    Page {
        /// Column and file name, without `.md`
        path: String,
        title: String,
    },
    /// A campaign with its first edition
    Campaign {
        /// File name, such as safety-month
        name: String,
        title: String,
    },
    /// A blank sheet of a register, with all its column titles
    Sheet {
        /// Register name, such as penalty
        register: String,
        /// File name; otherwise the year
        #[arg(long)]
        name: Option<String>,
    },
}

const PORTAL: &str = include_str!("scaffold/portal.toml");
const HOME: &str = "+++\ntitle = \"首页\"\ndescription = \"\"\n+++\n\n";
const IGNORE: &str = "/public/*\n!/public/.gitkeep\n/search-index/*\n!/search-index/.gitkeep\n/.public.*\n/.gongkai-publish/\n/published/\n";

/// Makes an empty portal: settings, a home page, folders for outputs. No demonstration data.
pub(super) fn init(console: Console, dir: &Path) -> u8 {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        eprintln!("{}", console.say("目录不是空的，请换一个。", "The folder is not empty; choose another."));
        return exit::REFUSED;
    }
    let files = [
        ("portal.toml", PORTAL),
        ("content/_index.md", HOME),
        ("content/news/_index.md", "+++\ntitle = \"工作动态\"\n+++\n"),
        ("content/penalty/_index.md", "+++\ntitle = \"行政处罚\"\n+++\n"),
        ("public/.gitkeep", ""),
        ("search-index/.gitkeep", ""),
        (".gitignore", IGNORE),
    ];
    let written = files.iter().try_for_each(|(name, text)| create(&dir.join(name), text.as_bytes()));
    told(console, written.map(|()| dir.to_owned()))
}

/// Makes one new file, never over an existing one.
pub(super) fn new(console: Console, root: &Path, what: &New, today: Date) -> u8 {
    let content = root.join("content");
    let (New::Page { path: name, .. } | New::Campaign { name, .. } | New::Sheet { register: name, .. }) = what;
    let parts =
        Path::new(name).components().chain(file_name(what).map(Path::new).into_iter().flat_map(Path::components));
    if !parts.into_iter().all(|part| matches!(part, Component::Normal(_))) {
        eprintln!("{}", console.say("名称不能指向 content/ 之外。", "The name must stay inside content/."));
        return exit::REFUSED;
    }
    match what {
        New::Page { path, title } => {
            let file = content.join(format!("{path}.md"));
            told(console, create(&file, page(title, today).as_bytes()).map(|()| file))
        }
        New::Campaign { name, title } => {
            let campaign = content.join("campaign").join(format!("{name}.md"));
            let year = today.year();
            let edition = content.join("campaign-edition").join(format!("{name}-{year}.md"));
            let made = create(&campaign, format!("+++\ntitle = {}\nsummary = \"\"\n+++\n\n", quoted(title)).as_bytes());
            let made = made.and_then(|()| create(&edition, edition_text(name, title, year).as_bytes()));
            told(console, made.map(|()| edition))
        }
        New::Sheet { register, name } => {
            let sheet = match gongkai::blank_sheet(root, register) {
                Ok(sheet) => sheet,
                Err(diags) => {
                    console.print(&diags);
                    return exit::REFUSED;
                }
            };
            let name = name.clone().unwrap_or_else(|| today.year().to_string());
            let file = content.join(register).join(format!("{name}.csv"));
            told(console, create(&file, &sheet).map(|()| file))
        }
    }
}

fn file_name(what: &New) -> Option<&str> {
    if let New::Sheet { name, .. } = what { name.as_deref() } else { None }
}

fn page(title: &str, today: Date) -> String {
    format!(
        "+++\ntitle = {}\ndate = {today}\npublished_on = {today}\nsummary = \"\"\nsource = \"\"\nkeywords = []\ndraft = true\n+++\n\n",
        quoted(title)
    )
}

fn edition_text(name: &str, title: &str, year: i16) -> String {
    format!(
        "+++\ntitle = {}\ncampaign = {}\nedition = {year}\ntheme = \"\"\nstarts_on = {year}-06-01\nends_on = {year}-06-30\naudiences = []\ndraft = true\n+++\n\n",
        quoted(&format!("{year}年{title}")),
        quoted(name),
    )
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn create(file: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(file)?.write_all(bytes)
}

fn told(console: Console, made: io::Result<PathBuf>) -> u8 {
    match made {
        Ok(path) => {
            println!("{} {}", console.say("已建立", "made"), path.display());
            exit::DONE
        }
        Err(error) => {
            eprintln!("{}: {error}", console.say("建立不了", "could not be made"));
            exit::NOT_WRITTEN
        }
    }
}
