package org.partyline.shell;

import java.util.List;
import java.util.function.Supplier;

/** Every command there is. */
final class AllCommands {
    static final List<Supplier<? extends PartylineCommand>> FACTORIES = List.of(
            SetupCommand::new,
            StatusCommand::new,
            UnlockCommand::new,
            LockCommand::new,
            ChannelCreateCommand::new,
            ChannelJoinCommand::new,
            ChannelLeaveCommand::new,
            ChannelListCommand::new,
            ChannelInviteCommand::new,
            PersonaCreateCommand::new,
            PersonaListCommand::new,
            PersonaUseCommand::new,
            PersonaCardCommand::new,
            PersonaRotateCommand::new,
            PersonaDeleteCommand::new,
            ContactAddCommand::new,
            ContactListCommand::new,
            ContactVerifyCommand::new,
            ContactRenameCommand::new,
            ContactRemoveCommand::new,
            SessionOpenCommand::new,
            SessionListCommand::new,
            SessionCloseCommand::new,
            SendCommand::new,
            OutboxCommand::new,
            CancelCommand::new,
            MessagesCommand::new,
            ReadCommand::new,
            InspectCommand::new,
            SuiteListCommand::new,
            SuitePreferCommand::new,
            SuiteAllowCommand::new,
            SuiteDenyCommand::new,
            NodeListCommand::new,
            NodeAddCommand::new,
            NodeRemoveCommand::new,
            NodeStatusCommand::new,
            NodePauseCommand::new,
            NodeResumeCommand::new,
            WalletStatusCommand::new,
            WalletAddressCommand::new,
            FeeStatusCommand::new,
            BackupExportCommand::new,
            BackupImportCommand::new,
            AuditCommand::new,
            PassphraseChangeCommand::new,
            SecretsStatusCommand::new,
            SecretsMoveCommand::new,
            DemoCommand::new);

    private AllCommands() {}
}
