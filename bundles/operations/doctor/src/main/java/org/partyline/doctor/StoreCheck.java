package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.store.Store;

/** Checks the store, and where its key or passphrase is kept. */
final class StoreCheck implements HealthCheck {
    private final DoctorSources sources;

    StoreCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Finding> all = new ArrayList<>();
        Vault vault = sources.need(Vault.class);
        Store.State state = vault.state();
        all.add(
                switch (state) {
                    case NEW -> Finding.warning(name(), "there is no store yet", "partyline:setup");
                    case LOCKED ->
                        Finding.warning(
                                name(), "the store is locked: its contents were not checked", "partyline:unlock");
                    case OPEN -> Finding.ok(name(), "the store is open");
                });
        if (vault.dropped() > 0) {
            all.add(dropped(vault.dropped(), state));
        }
        vault.warnings().forEach(warning -> all.add(Finding.warning(name(), warning, "")));
        if (state != Store.State.NEW) {
            all.addAll(rest(sources.need(Unattended.class).status()));
        }
        return all;
    }

    private Finding dropped(long packets, Store.State state) {
        return Finding.warning(
                name(),
                packets + (packets == 1 ? " packet was" : " packets were")
                        + " dropped while the store was locked, for lack of space: other people's or yours",
                state == Store.State.OPEN
                        ? "wait until the blocks are read again"
                        : "partyline:unlock, which reads the blocks again");
    }

    private List<Finding> rest(Unattended.Status status) {
        List<Finding> all = new ArrayList<>();
        all.add(
                switch (status.source()) {
                    case ASK -> Finding.ok(name(), "its key is not stored: an operator opens it");
                    case KEYRING -> Finding.ok(name(), "its key is stored in the keyring of this user's session");
                    case CREDENTIAL -> Finding.ok(name(), "its passphrase comes from the service manager");
                    case FILE ->
                        Finding.warning(
                                name(),
                                "its key is stored in a file: anyone with the server's files and that file's passphrase can "
                                        + "read everything",
                                "partyline:secrets-move keyring, or ask");
                });
        status.places().stream()
                .filter(place -> place.holdsKey()
                        && place.source() != status.source()
                        && place.source() != Unattended.Source.CREDENTIAL)
                .forEach(place -> all.add(Finding.unsafe(
                        name(),
                        "a key of the store remains in the " + place.source().word()
                                + ", although it is no longer used",
                        "partyline:secrets-move " + status.source().word())));
        return all;
    }
}
