package org.partyline.shell.web;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about the web server: its page, and tokens. */
@Component
public final class WebCommands implements CommandGroup {
    /** For Declarative Services. */
    public WebCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                WebStartCommand::new,
                WebStopCommand::new,
                WebLoginCommand::new,
                WebDevicesCommand::new,
                WebLogoutCommand::new,
                TokenCreateCommand::new,
                TokenListCommand::new,
                TokenRevokeCommand::new);
    }
}
