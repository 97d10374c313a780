package org.partyline.shell.command;

import java.util.List;
import java.util.function.Supplier;

/** The commands about one thing. The console has them for as long as the group is a service. */
public interface CommandGroup {
    /** What makes each command, anew for each run; the same commands every time. */
    List<Supplier<? extends PartylineCommand>> commands();
}
