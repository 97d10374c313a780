package org.partyline.shell;

import java.util.function.Function;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.transport.LocalWallets;

/** Engines whose services are none, or all of one make. */
final class Engines {
    private Engines() {}

    static Engine none() {
        return of(type -> null);
    }

    static Engine of(Function<Class<?>, Object> make) {
        return new Engine(
                (Vault) make.apply(Vault.class),
                (Personas) make.apply(Personas.class),
                (Channels) make.apply(Channels.class),
                (Messages) make.apply(Messages.class),
                (Suites) make.apply(Suites.class),
                (Nodes) make.apply(Nodes.class),
                (Fees) make.apply(Fees.class),
                (Wallets) make.apply(Wallets.class),
                (Contacts) make.apply(Contacts.class),
                (Sessions) make.apply(Sessions.class),
                (Backups) make.apply(Backups.class),
                (AuditLog) make.apply(AuditLog.class),
                (Unattended) make.apply(Unattended.class),
                (Cover) make.apply(Cover.class),
                (Privacy) make.apply(Privacy.class),
                (LocalWallets) make.apply(LocalWallets.class));
    }
}
