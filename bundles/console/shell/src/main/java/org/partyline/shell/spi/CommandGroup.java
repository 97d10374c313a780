package org.partyline.shell.spi;

import java.util.List;
import java.util.function.Supplier;

/**
 * A group of commands about one topic. The console has them for as long as the group is a service. Their scope is
 * {@code partyline}, and a name that is taken stays with whom it belongs to: ours first, then who came first.
 */
public interface CommandGroup {
    /** What makes each command, anew for each run; the same commands every time. */
    List<? extends Supplier<? extends ConsoleCommand>> commands();
}
