package org.partyline.shell.command;

import java.util.List;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.shell.output.Units;

/** What of this program does not run, for the status. */
public final class StoppedBundles {
    private StoppedBundles() {}

    /** One line for each: which, since when, what to do. */
    public static List<String> warnings(Engine engine) {
        return engine.outages().stream().map(StoppedBundles::line).toList();
    }

    private static String line(Outage outage) {
        return "bundle " + outage.bundle() + " is " + outage.state() + ", "
                + outage.since()
                        .map(since -> "since " + Units.time(since) + " UTC")
                        .orElse("since before this server looked")
                + ": what needs it waits (bundle:start " + outage.bundle() + ")";
    }
}
