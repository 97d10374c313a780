package org.partyline.shell;

import org.apache.karaf.shell.api.console.CommandLoggingFilter;
import org.osgi.service.component.annotations.Component;

/** Karaf logs each command line at the level DEBUG: where someone turns that on, without what was typed. */
@Component(service = CommandLoggingFilter.class)
public final class HiddenCommandLines implements CommandLoggingFilter {
    /** For Declarative Services. */
    public HiddenCommandLines() {}

    @Override
    public CharSequence filter(CharSequence line) {
        return "(a command)";
    }
}
