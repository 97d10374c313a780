package org.partyline.chat.screen;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.partyline.chat.model.Delivery;
import org.partyline.chat.model.PriceTag;

/** How states, prices and times read. */
public final class Phrases {
    private Phrases() {}

    /** {@code 45s}, {@code 59m}, {@code 23h}, {@code 6d}: at most four columns; a part that has begun counts whole. */
    static String life(Duration left) {
        long seconds = Math.max(0, left.toSeconds());
        if (seconds < 60) {
            // As coarse as the screen looks at the clock.
            return (seconds + 4) / 5 * 5 + "s";
        }
        long minutes = (seconds + 59) / 60;
        if (minutes < 60) {
            return minutes + "m";
        }
        long hours = (minutes + 59) / 60;
        return hours < 48 ? hours + "h" : Math.min(999, (hours + 23) / 24) + "d";
    }

    /** {@code 1,240 sat}. */
    public static String sat(long amount) {
        return String.format(Locale.ROOT, "%,d sat", amount);
    }

    /** {@code 1 packet}, {@code 2 packets}. */
    public static String count(long number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    /** Where a message of ours stands, what it cost, what it waits for. */
    static String delivery(Delivery delivery, Instant now) {
        String words = switch (delivery.state()) {
            case QUEUED -> "queued " + life(Duration.between(delivery.queued(), now)) + waits(delivery);
            case SEALED -> progress(delivery, "sealed") + waits(delivery);
            case BROADCAST -> progress(delivery, "on its way") + waits(delivery);
            case SEEN -> delivery.nodes() == 0 ? "seen" : "seen by " + count(delivery.nodes(), "node");
            case CONFIRMED ->
                delivery.block().isPresent()
                        ? "confirmed in block " + delivery.block().getAsInt()
                        : "confirmed";
            case REPLACED -> "replaced" + waits(delivery);
            case EXPIRED -> "expired: it never left";
            case RECALLED -> "recalled";
            case FAILED -> "failed" + waits(delivery);
        };
        return words + (delivery.fee() > 0 ? " · " + sat(delivery.fee()) : "");
    }

    private static String progress(Delivery delivery, String word) {
        return delivery.packets() > 1 ? word + ", " + delivery.done() + " of " + delivery.packets() + " out" : word;
    }

    private static String waits(Delivery delivery) {
        return delivery.reason().isEmpty() ? "" : ": " + delivery.reason();
    }

    /** What is being typed would cost. */
    static String price(PriceTag price) {
        if (!price.refusal().isEmpty()) {
            return price.refusal();
        }
        if (price.packets() == 0) {
            return "priced when it is sealed";
        }
        return count(price.packets(), "packet") + ", " + count(price.bytes(), "byte")
                + price.fee().map(fee -> ", about " + sat(fee)).orElse(", no node tells a fee");
    }
}
