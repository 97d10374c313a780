package org.partyline.doctor;

import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/**
 * Checks for version-1 messages: anyone who ever had the passphrase may have written them, and can read them forever.
 */
final class LegacyCheck implements HealthCheck {
    private final DoctorSources sources;

    LegacyCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "legacy";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        // Counted by the server, since listing messages would mark them as shown.
        long read = sources.need(Messages.class).legacyKept();
        return List.of(
                read == 0
                        ? Finding.ok(name(), "no version-1 messages are kept")
                        : Finding.warning(
                                name(),
                                read + " kept messages are version 1, without forward secrecy and signature",
                                "partyline:channel-create NAME, and invite their senders to it"));
    }
}
