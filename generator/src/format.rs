//! Output formats: plain structures in, bytes out.
//!
//! Every module here knows one published format and nothing else: no site, no register, no route table,
//! no clock and no files. The caller decides what goes in and gives every address in the form the format
//! asks for (absolute where the module says so); the module decides how it is spelled, escaped, split and
//! ordered. The same input always gives the same bytes.
//!
//! | module          | turns                          | into                                            |
//! |-----------------|--------------------------------|-------------------------------------------------|
//! | [`moment`]      | a Beijing date or time         | RFC 3339 and iCalendar UTC spellings            |
//! | [`address`]     | an address with any characters | the ASCII form of RFC 3986                      |
//! | [`xml`]         | text and attributes            | well-formed XML 1.0                             |
//! | [`feed`]        | a feed                         | Atom (RFC 4287) and JSON Feed 1.1               |
//! | [`sitemap`]     | page addresses                 | sitemaps.org files, robots.txt (RFC 9309)       |
//! | [`calendar`]    | all-day events                 | iCalendar (RFC 5545, names of RFC 7986)         |
//! | [`csv`]         | rows of cells                  | CSV (RFC 4180) that spreadsheets open safely    |
//! | [`datapackage`] | a description of the downloads | Frictionless Data Package descriptor            |
//! | [`gzip`]          | bytes                          | gzip (RFC 1952)                                 |
//! | [`json`]          | a long text                    | a JSON string                                   |
//! | [`json_ld`]     | small facts about a page       | schema.org JSON-LD, safe inside `<script>`      |
//! | [`page_tags`]     | the page tags of a page        | `<meta>` elements                               |
//! | [`chart`]       | a series                       | the geometry of an SVG chart                    |
//! | [`expiry`]      | removal dates of routes        | `expiry.json`                                   |
//! | [`facts`]         | what the files of a build do not say | `.gongkai-facts` for publishers           |
//! | [`hosting`]       | facts of a portal              | the files that hosts read                       |
//! | [`headers`]     | folders of hashed files        | a `_headers` file and the content policy        |

pub(crate) mod moment;

pub(crate) mod address;
mod escape;
pub(crate) mod xml;

pub(crate) mod feed;
pub(crate) mod sitemap;

pub(crate) mod calendar;
pub(crate) mod csv;
pub(crate) mod datapackage;
pub(crate) mod gzip;
pub(crate) mod json;
pub(crate) mod json_ld;
pub(crate) mod page_tags;

pub(crate) mod chart;
pub(crate) mod expiry;
pub(crate) mod facts;
pub(crate) mod headers;
pub(crate) mod hosting;
