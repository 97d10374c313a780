package org.partyline.chat;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.shell.spi.CommandGroup;
import org.partyline.shell.spi.ConsoleCommand;

/** Registers the command {@code chat}. */
@Component
public final class ChatCommands implements CommandGroup {
    private final ChatServices services;

    /** @param services the engine's services */
    @Activate
    public ChatCommands(@Reference ChatServices services) {
        this.services = services;
    }

    @Override
    public List<? extends Supplier<? extends ConsoleCommand>> commands() {
        return List.of(() -> new ChatCommand(services));
    }
}
