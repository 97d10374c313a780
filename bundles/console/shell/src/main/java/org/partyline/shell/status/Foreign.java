package org.partyline.shell.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.bundles.ForeignBundles.ForeignBundle;

/**
 * The bundles that are none of this distribution's, for the status.
 *
 * @param bundles null while nothing is known to keep them out
 * @param warnings what the operator should look at
 */
record Foreign(List<ForeignBundleView> bundles, List<String> warnings) {
    static Foreign of(Optional<ForeignBundles> guard) {
        if (guard.isEmpty()) {
            return new Foreign(
                    null,
                    List.of(
                            "nothing is known to keep foreign bundles out: bundle-guard or org.partyline.foreign-bundles does"
                                    + " not run"));
        }
        List<ForeignBundle> all = guard.get().list();
        List<String> warnings = new ArrayList<>(guard.get().problems());
        for (ForeignBundle bundle : all) {
            if (!bundle.allowed()) {
                warnings.add(
                        bundle.running()
                                ? bundle.reason() + "; it runs until bundle:refresh " + bundle.id() + ", or a restart"
                                : bundle.reason());
            }
        }
        return new Foreign(all.stream().map(ForeignBundleView::of).toList(), List.copyOf(warnings));
    }

    /** One line of their names and states; empty when there is none to name. */
    static Optional<String> line(List<ForeignBundleView> bundles) {
        if (bundles == null) {
            return Optional.of("not known: nothing guards");
        }
        return bundles.isEmpty()
                ? Optional.empty()
                : Optional.of(bundles.stream()
                        .map(bundle -> bundle.name() + " " + bundle.version() + " (" + bundle.state() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
