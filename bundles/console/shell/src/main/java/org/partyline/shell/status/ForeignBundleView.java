package org.partyline.shell.status;

import org.jspecify.annotations.Nullable;
import org.partyline.api.bundles.ForeignBundles.ForeignBundle;
import org.partyline.api.json.JsonValues;

/** A third-party bundle. */
record ForeignBundleView(
        long id, String name, String version, @Nullable String sum, boolean allowed, boolean running) {
    static ForeignBundleView of(ForeignBundle bundle) {
        return new ForeignBundleView(
                bundle.id(),
                bundle.name(),
                bundle.version(),
                JsonValues.orNull(bundle.sum()),
                bundle.allowed(),
                bundle.running());
    }

    /** Returns {@code refused}, {@code running}, {@code running, no longer allowed} or {@code allowed, not running}. */
    String state() {
        if (running) {
            return allowed ? "running" : "running, no longer allowed";
        }
        return allowed ? "allowed, not running" : "refused";
    }
}
