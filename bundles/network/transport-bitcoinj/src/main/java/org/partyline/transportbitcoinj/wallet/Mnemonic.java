package org.partyline.transportbitcoinj.wallet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitcoinj.crypto.MnemonicCode;
import org.bitcoinj.crypto.MnemonicException;
import org.partyline.api.transport.WalletException;

/** Implements BIP39: entropy as English words, and the seed derived from them. Without a passphrase. */
final class Mnemonic {
    private static final Set<Integer> LENGTHS = Set.of(12, 15, 18, 21, 24);

    private Mnemonic() {}

    /** The bytes of entropy for a number of words. @throws WalletException if there is no such length */
    static int entropyBytes(int words) throws WalletException {
        if (!LENGTHS.contains(words)) {
            throw new WalletException("a wallet has 12, 15, 18, 21 or 24 words, not " + words);
        }
        return words * 4 / 3;
    }

    /** @return the words, separated by spaces; the caller wipes it */
    static char[] words(byte[] entropy) {
        List<String> words = MnemonicCode.INSTANCE.toMnemonic(entropy);
        char[] text = new char[words.stream().mapToInt(String::length).sum() + words.size() - 1];
        int at = 0;
        for (String word : words) {
            if (at > 0) {
                text[at++] = ' ';
            }
            word.getChars(0, word.length(), text, at);
            at += word.length();
        }
        return text;
    }

    /**
     * @param words separated by white space, in any case
     * @return 16 to 32 bytes; the caller wipes it
     * @throws WalletException says what is wrong with them, without repeating them
     */
    static byte[] entropy(char[] words) throws WalletException {
        List<String> list = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i <= words.length; i++) {
            if (i < words.length && !Character.isWhitespace(words[i])) {
                word.append(Character.toLowerCase(words[i]));
            } else if (word.length() > 0) {
                list.add(word.toString());
                word.setLength(0);
            }
        }
        entropyBytes(list.size());
        for (int i = 0; i < list.size(); i++) {
            if (!MnemonicCode.INSTANCE.getWordList().contains(list.get(i))) {
                throw new WalletException("word " + (i + 1) + " is not in the BIP39 list: check its spelling");
            }
        }
        try {
            return MnemonicCode.INSTANCE.toEntropy(list);
        } catch (MnemonicException e) {
            throw new WalletException("the words do not fit together: one is wrong, or two are swapped");
        }
    }

    /** @return 64 bytes, from which all keys are derived (BIP32); the caller wipes it */
    static byte[] seed(byte[] entropy) {
        List<String> words = MnemonicCode.INSTANCE.toMnemonic(entropy);
        return MnemonicCode.toSeed(words, "");
    }
}
