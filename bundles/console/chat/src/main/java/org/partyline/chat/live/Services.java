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

/** The services that a chat uses. Each may come and go at any time, and is obtained for one operation. */
public interface Services {
    /** Returns the store. */
    Optional<Vault> vault();

    /** Returns the personas. */
    Optional<Personas> personas();

    /** Returns the channels. */
    Optional<Channels> channels();

    /** Returns the contacts. */
    Optional<Contacts> contacts();

    /** Returns the messages. */
    Optional<Messages> messages();

    /** Returns the service for drafts, reactions and read markers. */
    Optional<Conversations> conversations();

    /** Returns the nodes. */
    Optional<Nodes> nodes();

    /** Returns the fees. */
    Optional<Fees> fees();

    /** Returns the cover traffic. */
    Optional<Cover> cover();

    /** Returns the ciphers. */
    Optional<Suites> suites();

    /** Returns the audit log, which records locking. */
    Optional<AuditLog> audit();

    /** Returns the service that rates passphrases. */
    Optional<PassphraseStrength> strength();

    /** Returns where transcripts may be written; empty if they may not. */
    Optional<Path> transcripts();

    /** Returns which screen owns each draft. */
    DraftOwners draftOwners();

    /**
     * Subscribes to services that come or go.
     *
     * @param changed must not block
     * @return closes the subscription
     */
    AutoCloseable watch(Runnable changed);
}
