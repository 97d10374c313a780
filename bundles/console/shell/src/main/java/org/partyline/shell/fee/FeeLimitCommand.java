package org.partyline.shell.fee;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Fees.Cap;
import org.partyline.api.engine.Fees.Limits;
import org.partyline.api.json.LimitsView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows and sets the spending caps. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "fee-limit",
        description = "Show or set the spending caps; messages beyond a cap are refused or queued",
        detailedDescription = "partyline:fee-limit\n"
                + "partyline:fee-limit --message 2000sat --hour 10000sat --day 50000sat\n"
                + "partyline:fee-limit --accept-mainnet")
@Needs(Role.OPERATE)
final class FeeLimitCommand extends PartylineCommand {
    private static final long MOST = 100_000_000;

    @Option(
            name = "--message",
            description = "Maximum for one message with all its packets, 1sat to 100000000sat",
            valueToShowInHelp = "AMOUNT")
    @Completion(
            values = {"2000sat", "20000sat"},
            value = String.class)
    private @Nullable String message;

    @Option(name = "--hour", description = "Maximum in any 60 minutes", valueToShowInHelp = "AMOUNT")
    @Completion(
            values = {"10000sat", "50000sat"},
            value = String.class)
    private @Nullable String hour;

    @Option(name = "--day", description = "Maximum in any 24 hours", valueToShowInHelp = "AMOUNT")
    @Completion(
            values = {"50000sat", "200000sat"},
            value = String.class)
    private @Nullable String day;

    @Option(name = "--accept-mainnet", description = "Accept that messages on mainnet cost real money")
    private boolean acceptMainnet;

    @Override
    protected void run() throws CommandError, PartylineException {
        Fees fees = engine().fees();
        // All are parsed before one is set: either all are valid, or none is set.
        Map<Cap, Long> caps = new EnumMap<>(Cap.class);
        put(caps, Cap.MESSAGE, "--message", message);
        put(caps, Cap.HOUR, "--hour", hour);
        put(caps, Cap.DAY, "--day", day);
        for (Map.Entry<Cap, Long> cap : caps.entrySet()) {
            fees.limit(cap.getKey(), cap.getValue());
        }
        if (acceptMainnet) {
            fees.acceptMainnet();
        }
        Limits limits = fees.limits();
        List<Cover.Status> cover = engine().coverIfHere().orElse(List.of());
        print(Document.of(limits), () -> {
            FeeText.limits(console(), limits, cover);
            console().paragraph(FeeText.mainnet(limits));
            warn(limits);
        });
    }

    private static void put(Map<Cap, Long> caps, Cap cap, String option, @Nullable String value) throws CommandError {
        if (value == null) {
            return;
        }
        long amount = Units.amount(value);
        if (amount < 1 || amount > MOST) {
            throw new CommandError(option + " must be 1sat to " + MOST + "sat, not " + value.strip());
        }
        caps.put(cap, amount);
    }

    /** Warns that a smaller cap makes a larger one ineffective. */
    private void warn(Limits limits) {
        if (limits.message() > limits.hour() || limits.hour() > limits.day()) {
            console()
                    .paragraph(
                            Style.WARN,
                            "Note: a cap for a longer time is lower than one for a shorter time. The lower cap "
                                    + "applies.");
        }
    }

    record Document(LimitsView limits) {
        static Document of(Limits limits) {
            return new Document(LimitsView.of(limits));
        }
    }
}
