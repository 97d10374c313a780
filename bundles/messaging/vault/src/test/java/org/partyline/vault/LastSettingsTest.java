package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.PartylineException;
import org.partyline.api.settings.LastSettings;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.TestSettings;

/** Settings whose bundle stops and starts, as the server provides them to all stages. */
class LastSettingsTest {
    private final LastSettings last = new LastSettings(
            () -> new AbsentException("it waits for bundle org.partyline.settings, which is not running"));
    private final TestSettings settings = new TestSettings();

    @Test
    void theLastGoodSettingsHoldWhileTheirBundleIsAwayAndNothingCanBeSet() throws Exception {
        last.added(settings);
        settings.suites(List.of(), Set.of("SCRYPT"));
        last.removed(settings);
        assertEquals(Set.of("SCRYPT"), last.get().suites().denied());
        for (Executable command : List.<Executable>of(
                () -> last.set("fee-cap-day", "1sat"), last::changed, last::values, last::requireProxy)) {
            AbsentException refused = assertThrows(AbsentException.class, command);
            assertEquals("it waits for bundle org.partyline.settings, which is not running", refused.reason());
        }
        PartylineException refused = assertThrows(PartylineException.class, () -> last.change("deny", "SCRYPT"));
        assertTrue(refused.getMessage().contains("waits for bundle org.partyline.settings"), refused.getMessage());
        assertEquals(Map.of(), settings.changed());

        last.added(settings);
        last.set("fee-cap-day", "54321sat");
        last.change("deny", "SCRYPT");
        assertEquals(Map.of("fee-cap-day", "54321sat", "deny", "SCRYPT"), settings.changed());
    }

    @Test
    void nothingIsKnownBeforeTheyWereEverHere() {
        assertThrows(AbsentException.class, last::get);
    }
}
