//! What can be wrong with a configuration, each fault with its place.

use std::fmt;
use std::path::PathBuf;

/// Where a faulty setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In a file, on a line counted from 1 (0 when the fault is the file itself).
    File {
        /// The file as it was named.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// In a variable of the environment.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// In an option on the command line.
    Argument {
        /// The option's name with its dashes.
        option: String,
    },
    /// Among the values that administrators set at run time, in the database.
    Stored,
    /// In a value somebody wants to set now.
    Proposed,
}

impl Place {
    /// Layer by layer, and within the file line by line.
    fn rank(&self) -> (u8, usize) {
        match self {
            Self::File { line, .. } => (0, *line),
            Self::Environment { .. } => (1, 0),
            Self::Argument { .. } => (2, 0),
            Self::Stored | Self::Proposed => (3, 0),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: 0 } => write!(formatter, "{}: ", path.display()),
            Self::File { path, line } => write!(formatter, "{}, line {line}: ", path.display()),
            Self::Environment { variable } => {
                write!(formatter, "environment variable {variable} ")
            }
            Self::Argument { option } => write!(formatter, "option {option} "),
            Self::Stored => formatter.write_str("stored setting "),
            Self::Proposed => Ok(()),
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingFault {
    /// There is no setting of this name.
    Unknown,
    /// The value has the wrong type or is out of range.
    Invalid,
    /// The same setting is given twice in one layer.
    Duplicate,
    /// The setting exists but cannot be changed at run time.
    Fixed,
    /// The setting does not go together with another one.
    Conflict,
    /// The file or variable cannot be read.
    Unreadable,
    /// The file is not valid YAML.
    Syntax,
}

/// One fault of a configuration; its text says where, which setting, what is wrong, and what might be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    pub(super) place: Place,
    pub(super) name: Option<String>,
    pub(super) fault: SettingFault,
    pub(super) message: String,
    pub(super) suggestion: Option<String>,
}

impl SettingError {
    pub(super) fn new(place: Place, fault: SettingFault, message: impl Into<String>) -> Self {
        Self {
            place,
            name: None,
            fault,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(super) fn of(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    pub(super) fn suggesting(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    /// The setting's name as it was given, where one setting is meant.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where the fault stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What kind of fault it is.
    pub fn fault(&self) -> SettingFault {
        self.fault
    }

    /// The name that was probably meant, if one is near.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// What is wrong, without place and name.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A stable word for the fault, for members called `code`.
    pub fn code(&self) -> &'static str {
        match self.fault {
            SettingFault::Unknown => "unknown_setting",
            SettingFault::Invalid => "invalid_value",
            SettingFault::Duplicate => "duplicate_setting",
            SettingFault::Fixed => "not_changeable",
            SettingFault::Conflict => "conflicting_settings",
            SettingFault::Unreadable => "unreadable",
            SettingFault::Syntax => "syntax",
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.place)?;
        if self.fault == SettingFault::Unreadable {
            return write!(formatter, "is unreadable: {}", self.message);
        }
        match (&self.name, &self.place) {
            (Some(name), Place::File { .. }) => write!(formatter, "auth.{name} ")?,
            (Some(name), Place::Stored | Place::Proposed) => write!(formatter, "{name} ")?,
            (Some(_), Place::Environment { .. } | Place::Argument { .. }) | (None, _) => {}
        }
        formatter.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(formatter, "; did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SettingError {}

/// All faults of a configuration; it is not used while it has any (contract §3.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    faults: Vec<SettingError>,
}

impl SettingsError {
    /// The faults, layer by layer and in the file line by line; there is at least one.
    pub fn faults(&self) -> &[SettingError] {
        &self.faults
    }

    /// Passes `value` on if there are no faults.
    pub(super) fn check<T>(mut faults: Vec<SettingError>, value: T) -> Result<T, Self> {
        faults.sort_by_key(|fault| fault.place.rank());
        if faults.is_empty() {
            Ok(value)
        } else {
            Err(Self { faults })
        }
    }
}

impl From<SettingError> for SettingsError {
    fn from(fault: SettingError) -> Self {
        Self {
            faults: vec![fault],
        }
    }
}

impl fmt::Display for SettingsError {
    /// One fault per line.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}
