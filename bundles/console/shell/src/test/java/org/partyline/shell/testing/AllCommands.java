package org.partyline.shell.testing;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.partyline.shell.audit.AuditCommands;
import org.partyline.shell.channel.ChannelCommands;
import org.partyline.shell.config.ConfigCommands;
import org.partyline.shell.contact.ContactCommands;
import org.partyline.shell.conversation.ConversationCommands;
import org.partyline.shell.cover.CoverCommands;
import org.partyline.shell.demo.DemoCommands;
import org.partyline.shell.doctor.DoctorCommands;
import org.partyline.shell.fee.FeeCommands;
import org.partyline.shell.hook.HookCommands;
import org.partyline.shell.log.LogCommands;
import org.partyline.shell.message.MessageCommands;
import org.partyline.shell.node.NodeCommands;
import org.partyline.shell.panic.PanicCommands;
import org.partyline.shell.persona.PersonaCommands;
import org.partyline.shell.privacy.PrivacyCommands;
import org.partyline.shell.session.SessionCommands;
import org.partyline.shell.setup.SetupCommands;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;
import org.partyline.shell.status.StatusCommands;
import org.partyline.shell.store.StoreCommands;
import org.partyline.shell.suite.SuiteCommands;
import org.partyline.shell.wallet.WalletCommands;
import org.partyline.shell.web.WebCommands;

/** All commands. */
public final class AllCommands {
    /** By their groups. */
    public static final List<Supplier<? extends ConsoleCommand>> FACTORIES = Stream.<CommandGroup>of(
                    new ChannelCommands(),
                    new ContactCommands(),
                    new PersonaCommands(),
                    new SessionCommands(),
                    new MessageCommands(),
                    new ConversationCommands(),
                    new NodeCommands(),
                    new WalletCommands(),
                    new FeeCommands(),
                    new CoverCommands(),
                    new SuiteCommands(),
                    new StoreCommands(),
                    new SetupCommands(),
                    new DemoCommands(),
                    new StatusCommands(),
                    new AuditCommands(),
                    new DoctorCommands(),
                    new ConfigCommands(),
                    new LogCommands(),
                    new PanicCommands(),
                    new PrivacyCommands(),
                    new WebCommands(),
                    new HookCommands())
            .<Supplier<? extends ConsoleCommand>>flatMap(group -> group.commands().stream())
            .toList();

    private AllCommands() {}
}
