package org.partyline.shell.status;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.bundles.ForeignBundles;

/**
 * Lists third-party bundles for the status.
 *
 * @param bundles null if nothing is known to keep them out
 */
record Foreign(@Nullable List<ForeignBundleView> bundles) {
    static Foreign of(Optional<ForeignBundles> guard) {
        return new Foreign(
                guard.isEmpty()
                        ? null
                        : guard.get().list().stream().map(ForeignBundleView::of).toList());
    }

    /** Returns one line with their names and states; empty if there are none. */
    static Optional<String> line(@Nullable List<ForeignBundleView> bundles) {
        if (bundles == null) {
            return Optional.of("unknown: bundle-guard is not running");
        }
        return bundles.isEmpty()
                ? Optional.empty()
                : Optional.of(bundles.stream()
                        .map(bundle -> bundle.name() + " " + bundle.version() + " (" + bundle.state() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
