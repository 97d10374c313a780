package org.partyline.backup;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.VisibleText;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.NewChain;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.personas.Accounts;

/**
 * Checks the content of a backup before anything of it is stored: a backup may be from someone else, or from a newer
 * program, and a stored record that cannot be loaded would keep the whole store from opening.
 */
final class ContentCheck {
    private static final int KEY = 32;

    private ContentCheck() {}

    /** A check of one part. */
    @FunctionalInterface
    private interface Part {
        void check() throws NoSuchThingException;
    }

    /** @throws NoSuchThingException if a part of it is impossible */
    static void require(BackupContent content, int today) throws NoSuchThingException {
        for (SavedPersona persona : content.personas()) {
            require("persona", persona.name(), () -> persona(persona));
            for (ContactRecord contact : persona.contacts()) {
                require("contact", contact.name(), () -> contact(contact));
            }
            for (MembershipRecord channel : persona.channels()) {
                require("channel", channel.name(), () -> channel(channel, today));
            }
            for (AccountRecord account : persona.accounts()) {
                require("account", account.name(), () -> Accounts.check(text(account.name())));
            }
        }
    }

    private static void require(String kind, @Nullable String name, Part part) throws NoSuchThingException {
        try {
            part.check();
        } catch (IllegalArgumentException | NoSuchElementException | NoSuchThingException e) {
            throw new NoSuchThingException(("the backup is damaged or hostile: in its " + kind + " '" + text(name)
                            + "', " + e.getMessage() + "; use another copy")
                    .replaceAll("\\p{Cntrl}", "?"));
        }
    }

    private static void persona(SavedPersona persona) {
        name(persona.name(), NewChain.MAX_NICKNAME);
        key("the signing key", persona.signingSeed(), KEY);
        key("the agreement key", persona.agreementPrivate(), KEY);
        key("the inbox secret", persona.inboxSecret(), ContactCard.INBOX_SECRET_LENGTH);
        revoked(persona.revoked());
    }

    private static void contact(ContactRecord contact) throws NoSuchThingException {
        name(contact.name(), NewChain.MAX_NICKNAME);
        network(contact.network());
        word("trust", contact.trust(), Trust.values());
        key("the agreement key", contact.agreement(), PublicIdentity.KEY_LENGTH);
        if (!contact.isStranger()) {
            key("the signing key", contact.signing(), PublicIdentity.KEY_LENGTH);
            key("the inbox secret", contact.inboxSecret(), ContactCard.INBOX_SECRET_LENGTH);
        }
        if (contact.formerSigning() != null || contact.formerAgreement() != null) {
            key("the former signing key", contact.formerSigning(), PublicIdentity.KEY_LENGTH);
            key("the former agreement key", contact.formerAgreement(), PublicIdentity.KEY_LENGTH);
        }
        revoked(contact.revoked());
        if (!contact.account().isEmpty()) {
            Accounts.check(contact.account());
        }
        if (!contact.receipts().isEmpty() && ReceiptMode.of(contact.receipts()).isEmpty()) {
            throw new IllegalArgumentException("receipts cannot be '" + contact.receipts() + "'");
        }
    }

    private static void channel(MembershipRecord channel, int today) {
        KdfLimits.require(channel.parameters());
        byte[] salt = channel.salt() == null ? new byte[0] : channel.salt();
        new Invite(network(channel.network()), channel.parameters(), channel.startDay(), salt, text(channel.name()));
        word("mode", channel.mode(), Channels.Mode.values());
        key("the root", channel.root(), KEY);
        if (channel.legacyKey() != null) {
            key("the key of version-1 messages", channel.legacyKey(), KEY);
        }
        // Every day since then is expected.
        if (channel.rootDay() < channel.startDay() || channel.rootDay() > today + 1) {
            throw new IllegalArgumentException(
                    "the root cannot be of day " + channel.rootDay() + " by this server's clock");
        }
        channel.itsCarrier();
    }

    private static Network network(int code) {
        return Network.ofCode(code).orElseThrow(() -> new IllegalArgumentException("there is no network " + code));
    }

    private static void name(@Nullable String name, int most) {
        if (!VisibleText.isName(text(name), most)) {
            throw new IllegalArgumentException("the name is not one");
        }
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static void key(String what, byte @Nullable [] key, int length) {
        if (key == null || key.length != length) {
            throw new IllegalArgumentException(what + " does not have " + length + " bytes");
        }
    }

    private static void revoked(byte @Nullable [] keys) {
        if (!RevokedKeys.isSound(keys)) {
            throw new IllegalArgumentException("the replaced keys are no list of at most " + RevokedKeys.MOST);
        }
    }

    private static void word(String what, @Nullable String word, Enum<?>[] words) {
        if (Stream.of(words).map(Enum::name).noneMatch(each -> each.equals(word))) {
            throw new IllegalArgumentException("the " + what + " must be one of " + Arrays.toString(words));
        }
    }
}
