package org.partyline.bundleguard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Reports third-party bundles with types that need no other bundle. The first map describes the list itself: {@code
 * file} and {@code problems}. Each other map describes a bundle: {@code id}, {@code name}, {@code version}, {@code
 * sum}, {@code allowed}, {@code running}, {@code reason}.
 */
final class Report implements Supplier<List<Map<String, Object>>> {
    private final BundleContext context;
    private final Judge judge;
    private final AllowList allowed;

    Report(BundleContext context, Judge judge, AllowList allowed) {
        this.context = context;
        this.judge = judge;
        this.allowed = allowed;
    }

    @Override
    public List<Map<String, Object>> get() {
        AllowList.Content content = allowed.read();
        Set<String> list = content.sums();
        List<Map<String, Object>> all = new ArrayList<>();
        all.add(Map.of("file", allowed.file().toString(), "problems", content.problems()));
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (bundle.getBundleId() == 0 || revision == null) {
                continue;
            }
            judge.of(revision, list)
                    .ifPresent(verdict -> all.add(Map.of(
                            "id", bundle.getBundleId(),
                            "name", Judge.symbolicName(revision),
                            "version", revision.getVersion().toString(),
                            "sum", verdict.sum(),
                            "allowed", verdict.allowed(),
                            "running", isRunning(bundle),
                            "reason", verdict.reason())));
        }
        return List.copyOf(all);
    }

    /** A fragment runs as part of another bundle. */
    private static boolean isRunning(Bundle bundle) {
        boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
        int running = fragment ? Bundle.RESOLVED : Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING;
        return (bundle.getState() & running) != 0;
    }
}
