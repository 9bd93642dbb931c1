//! Samples of the pages about other people.

use askama::DynTemplate;

use super::{Flavour, Maker};
use crate::pages::access::AccessEditor;
use crate::pages::field::{Choice, Field};
use crate::pages::filters::{count_of, put};
use crate::pages::frame::{Dot, Notice, Tone};
use crate::pages::home::GrantLine;
use crate::pages::place::Place;
use crate::pages::shown_once::ShownOnce;
use crate::pages::user::UserPage;
use crate::pages::user_act::{ActForm, UserAct};
use crate::pages::user_new::NewUserPage;
use crate::pages::users::{Pager, UserFilterForm, UserLine, Users};

const ID: &str = "0198a2b4-6c1e-7d3f-8a90-1b2c3d4e5f60";

impl Maker {
    pub(super) fn people(self) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
        vec![
            ("users", Box::new(self.users())),
            ("users-none-match", Box::new(self.users_none_match())),
            ("user", Box::new(self.user())),
            ("user-new", Box::new(self.user_new())),
            ("invite-made", Box::new(self.invite_made())),
        ]
    }

    fn filter(self) -> UserFilterForm {
        let words = &self.text.users;
        UserFilterForm {
            q: String::new(),
            role: String::new(),
            status: String::new(),
            factor: String::new(),
            sort: String::new(),
            roles: std::iter::once(Choice::new("", words.any))
                .chain(Self::roles())
                .collect(),
            statuses: vec![
                Choice::new("", words.any),
                Choice::new("active", self.text.status.active),
                Choice::new("invited", self.text.status.invited),
            ],
            factors: vec![
                Choice::new("", words.any),
                Choice::new("off", self.text.factor.off),
            ],
            sorts: vec![
                Choice::new("", words.sort_name),
                Choice::new("-created", words.sort_added),
            ],
        }
    }

    fn users(self) -> Users {
        let rows: Vec<UserLine> = self.flavour.list(6).map(|n| self.user_line(n)).collect();
        Users {
            frame: self.notice(Place::Users, self.text.notices.deleted),
            may_manage: true,
            metabase: Some(Notice {
                tone: Tone::Wait,
                text: count_of(self.text.users.metabase_waiting, 2),
            }),
            filter: self.filter(),
            count: count_of(self.text.users.shown, rows.len()),
            rows,
            pager: Pager {
                first: None,
                next: Some("/settings/users?cursor=abc".to_owned()),
            },
        }
    }

    fn users_none_match(self) -> Users {
        let filter = UserFilterForm {
            q: self.flavour.person(3),
            role: "editor".to_owned(),
            ..self.filter()
        };
        Users {
            frame: self.frame(Some(Place::Users)),
            filter,
            rows: Vec::new(),
            pager: Pager::default(),
            ..self.users()
        }
    }

    fn user_line(self, number: usize) -> UserLine {
        let words = &self.text.status;
        let (tone, status) = [
            (Tone::Good, words.active),
            (Tone::Wait, words.invited),
            (Tone::Bad, words.locked),
            (Tone::Plain, words.inactive),
            (Tone::Wait, words.invite_expired),
            (Tone::Good, words.active),
        ][number % 6];
        UserLine {
            id: ID.to_owned(),
            name: self.flavour.person(number),
            email: (number == 4).then(|| self.flavour.person(2)),
            is_me: number == 0,
            role: ["admin", "viewer", "editor", "operator", "viewer", "manager"][number % 6]
                .to_owned(),
            access: if number == 1 {
                count_of(self.text.users.in_workspaces, 3)
            } else {
                self.text.users.everywhere.to_owned()
            },
            status: Dot::new(tone, status),
            last_sign_in: (number != 1).then(|| self.ago(300 * number)),
            actions: UserAct::ALL.to_vec(),
        }
    }

    fn access(self) -> AccessEditor {
        let everywhere = self.flavour == Flavour::Usual;
        let mut grants: Vec<GrantLine> = if everywhere {
            Vec::new()
        } else {
            self.flavour.list(2).map(|n| self.grant(n)).collect()
        };
        grants.push(GrantLine {
            workspace: String::new(),
            role: "viewer".to_owned(),
        });
        AccessEditor {
            everywhere,
            role: Field::text("role").holding("editor"),
            roles: Self::roles(),
            grants,
            grant_roles: Self::roles().split_off(1),
            known: (0..4).map(|n| self.flavour.workspace(n)).collect(),
            error: self.alert(self.text.password.wrong),
        }
    }

    fn act(self, kind: UserAct) -> ActForm {
        let words = &self.text.reasons;
        ActForm {
            kind,
            open: kind == UserAct::Deactivate || kind == UserAct::Delete,
            what: put(kind.consequence(self.text), &[&self.flavour.person(2)]),
            refused: match (kind, self.flavour) {
                (UserAct::Deactivate, Flavour::Empty) => Some(words.last_admin.to_owned()),
                (UserAct::Delete, Flavour::RightToLeft) => Some(words.self_action.to_owned()),
                _ => None,
            },
            confirm: (kind == UserAct::Delete)
                .then(|| self.field(Field::word("confirm").required())),
        }
    }

    fn user(self) -> UserPage {
        UserPage {
            frame: self.frame(Some(Place::Users)),
            may_manage: true,
            alert: None,
            changed: if self.flavour == Flavour::Long {
                vec![put(self.text.user.changed_role, &[&"editor", &"viewer"])]
            } else {
                Vec::new()
            },
            id: ID.to_owned(),
            version: "7".to_owned(),
            name: self.flavour.person(2),
            is_me: self.flavour == Flavour::RightToLeft,
            email: Some(self.flavour.person(2)),
            status: Dot::new(Tone::Bad, self.text.status.locked),
            status_note: Some(put(self.text.user.locked_for, &[&"12 minutes"])),
            role: "editor".to_owned(),
            access_summary: self.text.users.everywhere.to_owned(),
            second_factor: Dot::new(Tone::Wait, self.text.factor.off),
            last_sign_in: (self.flavour != Flavour::Empty).then(|| self.moment(-90)),
            created: self.moment(-60 * 24 * 12),
            access_reason: (self.flavour == Flavour::Empty)
                .then(|| self.text.reasons.last_admin_rights.to_owned()),
            access: self.access(),
            sign_in_acts: [
                UserAct::ResetPassword,
                UserAct::ResetSecondFactor,
                UserAct::Unlock,
                UserAct::EndSessions,
                UserAct::ResendInvite,
            ]
            .map(|kind| self.act(kind))
            .into(),
            ending_acts: [UserAct::Deactivate, UserAct::Reactivate, UserAct::Delete]
                .map(|kind| self.act(kind))
                .into(),
        }
    }

    fn user_new(self) -> NewUserPage {
        NewUserPage {
            frame: self.frame(Some(Place::Users)),
            alert: self.alert(self.text.errors.check_fields),
            email: self.field(Field::word("email").required()),
            invite: true,
            access: self.access(),
        }
    }

    fn invite_made(self) -> ShownOnce {
        let words = &self.text.user;
        ShownOnce {
            frame: self.frame(Some(Place::Users)),
            heading: words.invite_made.to_owned(),
            lead: words
                .invite_made_lead
                .replace("{}", &self.flavour.person(1)),
            secret: "https://dango.example.org/invite/4Jm0b1kq9f3S2tYtPc8uWzGh6VxNaLdRe5oQiXyB7sE"
                .to_owned(),
            if_lost: words.invite_lost.to_owned(),
            example: None,
            back: format!("/settings/users/{ID}"),
            back_label: words.back.to_owned(),
        }
    }
}
