package org.partyline.doctor;

import java.util.List;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.secrets.Hardening;

/** Checks the protection by the operating system: core dumps, debuggers, swap, the mode of new files. */
final class ProcessCheck implements HealthCheck {
    /** If one of these fails, keys and texts can end up in a file, or others can read ours. */
    private static final Set<String> GRAVE = Set.of("core-dumps", "attach", "file-mode");

    private final DoctorSources sources;

    ProcessCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        return sources.need(Hardening.class).items().stream()
                .map(item -> {
                    String what = item.name() + ": " + item.detail();
                    if (item.ok()) {
                        return Finding.ok(name(), what);
                    }
                    String remedy = remedy(item.name());
                    return GRAVE.contains(item.name())
                            ? Finding.unsafe(name(), what, remedy)
                            : Finding.warning(name(), what, remedy);
                })
                .toList();
    }

    private static String remedy(String item) {
        return switch (item) {
            case "core-dumps" -> "partyline:config hardening.core-dumps off, and restart the server";
            case "attach" -> "restart the server without PARTYLINE_DEBUG";
            default -> "see docs/security.md, \"What lies in memory\"";
        };
    }
}
