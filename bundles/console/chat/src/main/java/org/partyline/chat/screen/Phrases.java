package org.partyline.chat.screen;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.partyline.api.engine.Messages.State;
import org.partyline.chat.model.DeliveryState;
import org.partyline.chat.model.PriceTag;

/** Formats states, prices and times. */
public final class Phrases {
    private Phrases() {}

    private static final String PRICE_UNKNOWN = "price known when it is sealed";
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /** Returns the interval at which the screen updates a remaining time. */
    static Duration step(Duration left) {
        if (left.compareTo(MINUTE) <= 0) {
            return FIVE_SECONDS;
        }
        if (left.compareTo(HOUR) <= 0) {
            return MINUTE;
        }
        return left.compareTo(DAY.multipliedBy(2)) <= 0 ? HOUR : DAY;
    }

    /**
     * {@code 45s}, {@code 59m}, {@code 23h}, {@code 6d}: at most four columns; a started unit counts as a whole one.
     */
    static String life(Duration left) {
        Duration step = step(left);
        long steps = left.isNegative() ? 0 : left.plus(step).minusNanos(1).dividedBy(step);
        if (step.equals(FIVE_SECONDS)) {
            return steps == 12 ? "1m" : steps * 5 + "s";
        }
        if (step.equals(MINUTE)) {
            return steps == 60 ? "1h" : steps + "m";
        }
        return step.equals(HOUR) ? steps + "h" : Math.min(999, steps) + "d";
    }

    /** {@code 1,240 sat}. */
    public static String sat(long amount) {
        return String.format(Locale.ROOT, "%,d sat", amount);
    }

    /** {@code 1 packet}, {@code 2 packets}. */
    public static String count(long number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    /** Returns the state of our message, its cost, and what it waits for. */
    static String delivery(DeliveryState delivery, Instant now) {
        String words = reached(delivery) ? tick(delivery) : standing(delivery, now);
        return words + doubt(delivery) + (delivery.fee() > 0 ? " · " + sat(delivery.fee()) : "");
    }

    /** Returns whether a receipt reports more than the network does. */
    static boolean reached(DeliveryState delivery) {
        return delivery.reached() != DeliveryState.Reached.UNKNOWN && delivery.state() != State.RECALLED;
    }

    private static String tick(DeliveryState delivery) {
        return delivery.reached() == DeliveryState.Reached.READ ? "✓✓ read" : "✓ delivered";
    }

    private static String standing(DeliveryState delivery, Instant now) {
        return switch (delivery.state()) {
            case ON_HOLD -> "on hold" + waits(delivery);
            case QUEUED -> "queued " + life(Duration.between(delivery.queued(), now)) + waits(delivery);
            case SEALED, SENT -> progress(delivery) + waits(delivery);
            case RELAYED ->
                "○ relayed" + (delivery.nodes() > 1 ? ", shown by " + delivery.nodes() + " nodes" : "")
                        + waits(delivery);
            case CONFIRMED ->
                "● "
                        + (delivery.block().isPresent()
                                ? "in block " + delivery.block().getAsInt()
                                : "in a block")
                        + (delivery.confirmations().isPresent()
                                ? " (" + count(delivery.confirmations().getAsInt(), "confirmation") + ")"
                                : "");
            case REPLACED -> "replaced" + waits(delivery);
            case EXPIRED -> "expired" + waits(delivery);
            case RECALLED -> "recalled";
            case FAILED -> "failed" + waits(delivery);
        };
    }

    private static String doubt(DeliveryState delivery) {
        return switch (delivery.doubt()) {
            case NONE -> "";
            case MAY_BE_UNREAD -> ", may not have been read";
            case SENT_AGAIN -> ", sent again";
        };
    }

    private static String progress(DeliveryState delivery) {
        String word = delivery.state().word();
        return delivery.packets() > 1 ? word + ", " + delivery.done() + " of " + delivery.packets() + " sent" : word;
    }

    private static String waits(DeliveryState delivery) {
        return delivery.reason().isEmpty() ? "" : ": " + delivery.reason();
    }

    /** Returns the cost of the text that is being typed. */
    public static String price(PriceTag price) {
        if (!price.refusal().isEmpty()) {
            return price.refusal();
        }
        if (price.packets() == 0) {
            return PRICE_UNKNOWN;
        }
        return (price.parts().isEmpty() ? "" : "in " + count(price.parts().size(), "message") + ", ")
                + count(price.packets(), "packet") + ", " + count(price.bytes(), "byte")
                + ", " + fee(price)
                + (price.warning().isEmpty() ? "" : "; " + price.warning());
    }

    /** Offers to send a text in parts. The price comes early enough to be visible on 80 columns. */
    public static String offer(PriceTag price) {
        return "Enter sends " + count(price.parts().size(), "message") + ": "
                + (price.packets() == 0 ? PRICE_UNKNOWN : fee(price))
                + (price.warning().isEmpty() ? "" : "; " + price.warning()) + "; Esc goes back";
    }

    private static String fee(PriceTag price) {
        return price.fee().map(fee -> atMost(fee, price.margin())).orElse("no fee estimate");
    }

    /** Returns the maximum cost. @param margin satoshi that it may cost in addition until it is mined */
    public static String atMost(long fee, long margin) {
        return "at most " + sat(fee) + (margin == 0 ? "" : " now, never more than " + sat(fee + margin));
    }
}
