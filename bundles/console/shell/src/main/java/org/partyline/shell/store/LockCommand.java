package org.partyline.shell.store;

import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Locks the store. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "lock",
        description = "Erase keys and texts from memory; the server keeps collecting packets",
        detailedDescription = "partyline:lock")
@Needs(Role.OPERATE)
final class LockCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, StoreLockedException {
        Vault vault = engine().vault();
        if (vault.state() == Store.State.NEW) {
            throw StoreLockedException.of(Store.State.NEW);
        }
        vault.lock();
        print(new Document("locked"), "The store is locked. Open it with partyline:unlock.");
    }

    record Document(String store) {}
}
