package org.partyline.foreignbundles;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.bundles.ForeignBundles;

/** Provides the reports of {@code bundle-guard} in types of the api, while the guard runs. */
@Component
public final class GuardReport implements ForeignBundles {
    /** First a map about the list, then one for each bundle; see {@code org.partyline.bundleguard.Report}. */
    private final Supplier<List<Map<String, Object>>> guard;

    /** @param guard the guard's service */
    @Activate
    public GuardReport(@Reference(target = "(partyline.bundle.guard=true)") Supplier<List<Map<String, Object>>> guard) {
        this.guard = guard;
    }

    @Override
    public List<ForeignBundle> list() {
        return guard.get().stream()
                .skip(1)
                .map(one -> new ForeignBundle(
                        value(one, "id", Long.class),
                        value(one, "name", String.class),
                        value(one, "version", String.class),
                        value(one, "sum", String.class),
                        value(one, "allowed", Boolean.class),
                        value(one, "running", Boolean.class),
                        value(one, "reason", String.class)))
                .toList();
    }

    @Override
    public String allowList() {
        return value(guard.get().get(0), "file", String.class);
    }

    @Override
    public List<String> problems() {
        return ((List<?>) value(guard.get().get(0), "problems", List.class))
                .stream().map(String.class::cast).toList();
    }

    private static <T> T value(Map<String, Object> from, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(from.get(name), name));
    }
}
