package org.partyline.bundleguard;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;

/** Decides whether a bundle belongs to the distribution and, if not, whether it may run. */
final class Judge {
    private static final String REWRITTEN =
            " (bundle:update with an address creates a jar with another sum than the file's. To keep the "
                    + "file's sum, replace the installed file and run bundle:update without an address)";

    private final Set<String> ours;
    private final BundleSums sums;
    private final AllowList allowed;

    /** @param ours the sums of the distribution's files */
    Judge(Set<String> ours, BundleSums sums, AllowList allowed) {
        this.ours = Set.copyOf(ours);
        this.sums = sums;
        this.allowed = allowed;
    }

    /**
     * The decision about a third-party bundle.
     *
     * @param sum the sum of its code; empty if there is none
     * @param allowed whether it may run
     * @param reason why not, and what to do, in one line; empty if it may
     */
    record Verdict(String sum, boolean allowed, String reason) {}

    /** The bundles that the operator allows now. */
    Set<String> allowedNow() {
        return allowed.read().sums();
    }

    /** The verdict by that list; empty for a bundle of the distribution. */
    Optional<Verdict> of(BundleRevision revision, Set<String> list) {
        String name = name(revision);
        try {
            Optional<String> sum = sums.of(revision);
            if (sum.isEmpty()) {
                return refused("", name + " is not part of this distribution and not a single file: pack it as a jar");
            }
            if (ours.contains(sum.get())) {
                return Optional.empty();
            }
            return list.contains(sum.get())
                    ? Optional.of(new Verdict(sum.get(), true, ""))
                    : refused(
                            sum.get(),
                            name + " is not part of this distribution and not allowed: to allow it, add the line \""
                                    + sum.get() + "  " + symbolicName(revision) + "\" to " + allowed.file()
                                    + (isRewritten(revision) ? REWRITTEN : ""));
        } catch (IOException | RuntimeException | Error e) {
            // A bundle that cannot be judged is rejected: for the framework, a failing hook has no opinion.
            return refused(
                    "",
                    name + " cannot be read and is rejected: " + e.getClass().getSimpleName());
        }
    }

    /** The verdict by that list on a forbidden bundle; empty for a permitted one, or the framework itself. */
    Optional<Verdict> refusal(BundleRevision revision, Set<String> list) {
        return revision.getBundle().getBundleId() == 0
                ? Optional.empty()
                : of(revision, list).filter(verdict -> !verdict.allowed());
    }

    private static Optional<Verdict> refused(String sum, String reason) {
        return Optional.of(new Verdict(sum, false, reason));
    }

    /** Whether Karaf rewrote the jar with the address of {@code bundle:update} in its manifest. */
    private static boolean isRewritten(BundleRevision revision) {
        return revision.getBundle().getHeaders("").get("Bundle-UpdateLocation") != null;
    }

    private static String name(BundleRevision revision) {
        Bundle bundle = revision.getBundle();
        return "bundle " + bundle.getBundleId() + " (" + symbolicName(revision) + " " + revision.getVersion() + ")";
    }

    /** Without line ends and terminal controls, since it is untrusted text. */
    static String symbolicName(BundleRevision revision) {
        String name = String.valueOf(revision.getSymbolicName());
        return name.chars().allMatch(c -> c > ' ' && c < 0x7F) ? name : "with an invalid name";
    }
}
