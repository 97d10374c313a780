package org.partyline.foreignbundles;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.bundles.ForeignBundles;

/** Provides the reports of {@code bundle-guard} in types of the api, while the guard runs. */
@Component
public final class GuardReport implements ForeignBundles {
    /** First what is said of the list, then a map for each bundle; see {@code org.partyline.bundleguard.Report}. */
    private final Supplier<List<Map<String, Object>>> guard;

    /** @param guard the service of the guard */
    @Activate
    public GuardReport(@Reference(target = "(partyline.bundle.guard=true)") Supplier<List<Map<String, Object>>> guard) {
        this.guard = guard;
    }

    @Override
    public List<ForeignBundle> list() {
        return guard.get().stream()
                .skip(1)
                .map(one -> new ForeignBundle(
                        (Long) one.get("id"),
                        (String) one.get("name"),
                        (String) one.get("version"),
                        (String) one.get("sum"),
                        (Boolean) one.get("allowed"),
                        (Boolean) one.get("running"),
                        (String) one.get("reason")))
                .toList();
    }

    @Override
    public String allowList() {
        return (String) guard.get().get(0).get("file");
    }

    @Override
    public List<String> problems() {
        return ((List<?>) guard.get().get(0).get("problems"))
                .stream().map(String.class::cast).toList();
    }
}
