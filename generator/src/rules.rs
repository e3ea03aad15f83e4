//! The law as pure functions: levels, periods, deadlines, check digits, masks. Each is named, and the
//! numbers that law changes are data with dates (`generator/rules/*.toml`), held in `Packs`.

pub(crate) mod accident;
pub(crate) mod citizen_id;
pub(crate) mod credit_code;
pub(crate) mod deadline;
pub(crate) mod document_number;
pub(crate) mod mask;
pub(crate) mod privacy;
pub(crate) mod publicity;
pub(crate) mod workdays;

/// The rule packs of a site. A pack of the site replaces the built-in one of the same file name.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    pub(crate) working_days: workdays::WorkingDays,
    pub(crate) publicity: publicity::Packs,
    pub(crate) accident: accident::Thresholds,
    pub(crate) deadlines: deadline::Deadlines,
    pub(crate) privacy: privacy::Policy,
}

impl Packs {
    /// Adds the pack that a file of this name holds.
    ///
    /// # Errors
    /// An unknown name, or text that is not such a pack.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Result<(), String> {
        let unread = |error: toml::de::Error| error.to_string();
        match name {
            "working-days" => self.working_days = workdays::WorkingDays::from_toml(text).map_err(unread)?,
            "publicity" => self.publicity = publicity::Packs::from_toml(text).map_err(unread)?,
            "accident-level" => self.accident = accident::Thresholds::from_toml(text).map_err(unread)?,
            "deadlines" => self.deadlines = deadline::Deadlines::from_toml(text).map_err(unread)?,
            "privacy" => self.privacy = privacy::Policy::from_toml(text).map_err(unread)?,
            other => return Err(format!("no rule reads a pack named `{other}`")),
        }
        Ok(())
    }
}
