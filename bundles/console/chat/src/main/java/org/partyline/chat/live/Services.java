package org.partyline.chat.live;

import java.nio.file.Path;
import java.util.Optional;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.PassphraseStrength;

/** The services that a chat uses. Each may come and go at any time, and is taken for one operation. */
public interface Services {
    /** The store. */
    Optional<Vault> vault();

    /** The personas. */
    Optional<Personas> personas();

    /** The channels. */
    Optional<Channels> channels();

    /** The contacts. */
    Optional<Contacts> contacts();

    /** The messages. */
    Optional<Messages> messages();

    /** What is done in conversations beside writing. */
    Optional<Conversations> conversations();

    /** The nodes. */
    Optional<Nodes> nodes();

    /** The fees. */
    Optional<Fees> fees();

    /** The cover traffic. */
    Optional<Cover> cover();

    /** The ciphers. */
    Optional<Suites> suites();

    /** What is audited, as locking is. */
    Optional<AuditLog> audit();

    /** What rates a passphrase. */
    Optional<PassphraseStrength> strength();

    /** Where transcripts may be written; empty: nowhere. */
    Optional<Path> transcripts();

    /** To which screen each draft belongs. */
    DraftOwners draftOwners();

    /**
     * Tells that a service came or went.
     *
     * @param changed must not block
     * @return closes the subscription
     */
    AutoCloseable watch(Runnable changed);
}
