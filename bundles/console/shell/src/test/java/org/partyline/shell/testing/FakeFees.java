package org.partyline.shell.testing;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongBiFunction;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.NoSuchThingException;

/** Estimates and caps. */
public final class FakeFees implements Fees {
    private static final FeeRate RATE = new FeeRate(500);

    public final Map<Fees.Cap, Long> caps = new EnumMap<>(Fees.Cap.class);
    public boolean mainnetAccepted;
    /** The part of the amount spent in 24 hours that is in no message's price. */
    public long outside;
    /** Why nothing is sent; empty if it is. */
    public String refusal = "";
    /** The warnings for the operator. */
    public List<String> warnings = List.of();
    /** Returns the amount that a persona has spent since a time. */
    public ToLongBiFunction<String, Instant> spent = (persona, since) -> 0;

    @Override
    public List<FeeStatus> status() {
        return List.of(new Fees.FeeStatus(
                Network.EMBEDDED,
                "embedded",
                Optional.empty(),
                6,
                new FeeRate(100),
                new FeeRate(100),
                new FeeRate(50_000),
                RATE,
                101,
                refusal));
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public Limits limits() {
        return new Limits(
                caps.getOrDefault(Cap.MESSAGE, 20_000L),
                caps.getOrDefault(Cap.HOUR, 50_000L),
                120,
                caps.getOrDefault(Cap.DAY, 200_000L),
                4_300,
                outside,
                20,
                mainnetAccepted);
    }

    @Override
    public long spent(String persona, Instant since) {
        return spent.applyAsLong(persona, since);
    }

    @Override
    public void limit(Cap cap, long satoshi) throws PartylineException {
        if (satoshi < 1) {
            throw new NoSuchThingException("a cap must be 1sat to 100000000sat, not " + satoshi + "sat");
        }
        caps.put(cap, satoshi);
    }

    @Override
    public void acceptMainnet() {
        mainnetAccepted = true;
    }
}
