package org.partyline.shell.command;

import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.shell.output.Units;

/** What of this program does not run, for the status. */
public final class StoppedBundles {
    private StoppedBundles() {}

    /** One line for each: which, since when, what to do. */
    public static List<String> warnings(Engine engine) {
        return engine.outages().stream().map(StoppedBundles::line).toList();
    }

    /** One line for the bundle that a service is missing for: one of its name, or else the first that is stopped. */
    static Optional<String> likely(Engine engine, String service) {
        List<Outage> stopped = engine.outages();
        return stopped.stream()
                .filter(outage -> isOf(outage.bundle(), service))
                .findFirst()
                .or(() -> stopped.stream().findFirst())
                .map(StoppedBundles::line);
    }

    /** {@code org.partyline.fees} for {@code fee}. */
    private static boolean isOf(String bundle, String service) {
        String name = bundle.substring(bundle.lastIndexOf('.') + 1);
        return name.equals(service) || name.equals(service + "s");
    }

    private static String line(Outage outage) {
        return "bundle " + outage.bundle() + " is " + outage.state() + ", "
                + outage.since()
                        .map(since -> "since " + Units.time(since) + " UTC")
                        .orElse("since before this server looked")
                + ": what needs it waits (bundle:start " + outage.bundle() + ")";
    }
}
