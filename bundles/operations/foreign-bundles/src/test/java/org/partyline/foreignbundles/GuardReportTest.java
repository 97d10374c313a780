package org.partyline.foreignbundles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.partyline.api.bundles.ForeignBundles.ForeignBundle;

class GuardReportTest {
    @Test
    void tellsWhatTheGuardTells() {
        GuardReport report = new GuardReport(() -> List.of(
                Map.of("file", "/etc/allowed-bundles", "problems", List.of("line 1 is none")),
                Map.of(
                        "id", 7L,
                        "name", "com.example",
                        "version", "1.0.0",
                        "sum", "ab",
                        "allowed", false,
                        "running", true,
                        "reason", "it is refused")));

        assertEquals("/etc/allowed-bundles", report.allowList());
        assertEquals(List.of("line 1 is none"), report.problems());
        assertEquals(
                List.of(new ForeignBundle(7, "com.example", "1.0.0", "ab", false, true, "it is refused")),
                report.list());
    }
}
