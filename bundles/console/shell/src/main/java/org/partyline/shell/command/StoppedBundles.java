package org.partyline.shell.command;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.shell.output.Units;

/** Lists stopped bundles of this program for the status. */
public final class StoppedBundles {
    private static final String OURS = "org.partyline.";

    private final Optional<List<Outage>> outages;
    private final List<String> idle;

    /**
     * @param outages the stopped bundles and the times when they stopped; empty while the service that records them is
     *     not running
     * @param idle names of our bundles that neither run nor are starting
     */
    StoppedBundles(Optional<List<Outage>> outages, List<String> idle) {
        this.outages = outages;
        this.idle = List.copyOf(idle);
    }

    /** The bundles of services that have other names. */
    private static final Map<String, String> BROUGHT_BY = Map.of(
            "persona", "contacts",
            "session", "contacts",
            "wallet", "contacts",
            "store", "vault");

    /** Returns one line for each: which bundle, since when, and what to do. */
    public List<String> warnings() {
        return all().stream().map(Stopped::line).toList();
    }

    /**
     * Returns one line for the bundle that provides a missing service: one with a matching name, otherwise the first
     * stopped one.
     */
    Optional<String> likely(String service) {
        List<Stopped> all = all();
        return all.stream()
                .filter(stopped -> stopped.isOf(service))
                .findFirst()
                .or(() -> all.stream().findFirst())
                .map(Stopped::line);
    }

    /** Returns the names of our bundles among these that neither run nor are starting. */
    static List<String> idle(Bundle... bundles) {
        return Arrays.stream(bundles)
                .filter(bundle -> bundle.getSymbolicName() != null
                        && bundle.getSymbolicName().startsWith(OURS))
                .filter(bundle -> bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .filter(bundle -> (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) == 0)
                .map(Bundle::getSymbolicName)
                .sorted()
                .toList();
    }

    /** The bundle that records when others stopped may itself be stopped. */
    private List<Stopped> all() {
        return outages.map(known -> known.stream().map(Stopped::of).toList())
                .orElseGet(() -> idle.stream()
                        .map(bundle -> new Stopped(bundle, "not running"))
                        .toList());
    }

    private record Stopped(String bundle, String how) {
        static Stopped of(Outage outage) {
            return new Stopped(
                    outage.bundle(),
                    "is " + outage.state() + ", "
                            + outage.since()
                                    .map(since -> "since " + Units.time(since) + " UTC")
                                    .orElse("since before the server started"));
        }

        /** Returns whether it provides a service, such as {@code org.partyline.fees} for {@code fee}. */
        boolean isOf(String service) {
            String name = bundle.substring(bundle.lastIndexOf('.') + 1);
            return name.equals(BROUGHT_BY.getOrDefault(service, service)) || name.equals(service + "s");
        }

        String line() {
            return "bundle " + bundle + " " + how + ": "
                    + (isOf("cover")
                            ? "cover traffic is off; messages leave by their own schedule"
                            : "dependent functions wait")
                    + " (bundle:start " + bundle + ")";
        }
    }
}
