package org.partyline.shell.spi;

import java.util.List;
import java.util.function.Supplier;

/**
 * A group of commands about one topic. The console has them for as long as the group is a service. Their scope is
 * {@code partyline}. If a name is already in use, our command has priority, otherwise the earlier one.
 */
public interface CommandGroup {
    /** Returns the factories of the commands, which create a new instance for each run; always the same commands. */
    List<? extends Supplier<? extends ConsoleCommand>> commands();
}
