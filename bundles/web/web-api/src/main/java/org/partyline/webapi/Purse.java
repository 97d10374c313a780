package org.partyline.webapi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.json.AddressView;
import org.partyline.api.json.HoldingView;
import org.partyline.api.json.Json;
import org.partyline.api.json.JsonValues;
import org.partyline.api.json.LocalWalletView;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Serves balances, new addresses and the spending of a day. */
final class Purse {
    private static final int HOURS = 24;

    private final ApiServices services;
    private final Clock clock;

    Purse(ApiServices services, Clock clock) {
        this.services = services;
        this.clock = clock;
    }

    /** As {@code wallet-status --json} prints them. */
    record Wallets(List<HoldingView> holdings, List<LocalWalletView> localWallets) {}

    /** The body of a request for an address; missing fields are null. */
    record Wanted(
            @Nullable String persona,
            @Nullable String wallet,
            @Nullable String account) {}

    /** The spending of one hour. @param from its start */
    record Hour(String from, long spentSat) {}

    /** The spending of the last 24 hours, the earliest hour first. */
    record Spending(List<Hour> hours) {}

    WebResponse wallets(WebRequest request) throws PartylineException {
        Optional<String> only = TokenLimits.persona(request, Optional.empty(), "the wallet");
        Optional<LocalWallets> local = services.localWallets();
        return WebResponse.json(
                200,
                Json.write(new Wallets(
                        services.wallets().list().stream()
                                .filter(one -> only.isEmpty() || only.get().equals(one.persona()))
                                .map(HoldingView::of)
                                .toList(),
                        // They belong to all personas.
                        local.isEmpty() || only.isPresent()
                                ? List.of()
                                : local.get().list().stream()
                                        .map(LocalWalletView::of)
                                        .toList())));
    }

    WebResponse address(WebRequest request) throws PartylineException {
        Wanted wanted = Body.read(request, Wanted.class);
        Optional<String> persona = TokenLimits.persona(request, Optional.ofNullable(wanted.persona()), "the wallet");
        return WebResponse.json(
                200,
                Json.write(AddressView.of(services.wallets()
                        .freshAddress(
                                persona,
                                Optional.ofNullable(wanted.wallet()),
                                Optional.ofNullable(wanted.account())))));
    }

    WebResponse spending(WebRequest request) throws PartylineException {
        Optional<String> only = TokenLimits.persona(request, Optional.empty(), "the wallet");
        Fees fees = services.fees();
        List<Persona> personas = services.personas().list().stream()
                .filter(one -> only.isEmpty() || only.get().equals(one.name()))
                .toList();
        Instant now = clock.instant();
        List<Hour> hours = new ArrayList<>();
        long later = 0;
        for (int ago = 1; ago <= HOURS; ago++) {
            Instant from = now.minus(Duration.ofHours(ago));
            long since = 0;
            for (Persona persona : personas) {
                since += fees.spent(persona.name(), from);
            }
            // A transaction that cannot be mined no longer counts, perhaps since the first of these two calls.
            hours.add(0, new Hour(JsonValues.iso(from), Math.max(0, since - later)));
            later = since;
        }
        return WebResponse.json(200, Json.write(new Spending(hours)));
    }
}
