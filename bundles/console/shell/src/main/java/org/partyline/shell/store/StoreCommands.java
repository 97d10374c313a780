package org.partyline.shell.store;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about the store: passphrases, secrets, backups. */
@Component
public final class StoreCommands implements CommandGroup {
    /** For Declarative Services. */
    public StoreCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                UnlockCommand::new,
                LockCommand::new,
                BackupExportCommand::new,
                BackupImportCommand::new,
                RestoreTakeoverCommand::new,
                PassphraseChangeCommand::new,
                SecretsStatusCommand::new,
                SecretsMoveCommand::new);
    }
}
