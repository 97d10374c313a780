package org.partyline.shell;

import org.apache.karaf.shell.api.console.CommandLoggingFilter;
import org.osgi.service.component.annotations.Component;

/** Removes typed text from Karaf's DEBUG log of command lines. */
@Component(service = CommandLoggingFilter.class)
public final class HiddenCommandLines implements CommandLoggingFilter {
    /** For Declarative Services. */
    public HiddenCommandLines() {}

    @Override
    public CharSequence filter(CharSequence line) {
        return "(a command)";
    }
}
