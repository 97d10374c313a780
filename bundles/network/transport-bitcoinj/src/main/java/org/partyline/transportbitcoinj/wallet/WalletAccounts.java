package org.partyline.transportbitcoinj.wallet;

import java.util.regex.Pattern;
import org.partyline.api.transport.WalletException;

/** Maps the names of accounts to their numbers in the derivation path: "" is 0, "p2" is 1, "p3" is 2 and so on. */
final class WalletAccounts {
    /** The highest number. */
    static final int LAST = 9_999;

    private static final Pattern NAME = Pattern.compile("p([1-9][0-9]{0,4})");

    private WalletAccounts() {}

    /** @throws WalletException if no persona can have such an account */
    static int number(String name) throws WalletException {
        if (name.isEmpty()) {
            return 0;
        }
        var matcher = NAME.matcher(name);
        int number = matcher.matches() ? Integer.parseInt(matcher.group(1)) - 1 : 0;
        if (number < 1 || number > LAST) {
            throw new WalletException(
                    "the local wallet has no account '" + name + "': a persona's is called p2 to p10000");
        }
        return number;
    }
}
