package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Names of other programs' commands (irssi, Signal, a shell), with the names of ours. */
final class Habits {
    private static final Map<String, List<String>> NAMES = new HashMap<>();

    static {
        put("say", "msg", "m", "me", "write", "tell", "text", "post");
        put("send", "msg", "dm", "pm", "query", "whisper", "mail");
        put("channel-join", "join", "j", "enter");
        put("channel-leave", "part", "leave");
        put("channel-create", "create", "mkdir");
        put("channel-invite", "invite", "share");
        put("channel-list", "channels", "groups", "rooms", "list", "ls", "dir");
        put("messages", "inbox", "history", "lastlog", "list", "ls", "cat", "tail");
        put("read", "open", "show", "view", "cat");
        put("contact-list", "who", "names", "whois", "contacts", "friends", "list", "ls");
        put("contact-add", "add", "friend");
        put("contact-verify", "verify", "trust", "fingerprint");
        put("persona-card", "card", "whoami", "me", "id");
        put("persona-create", "nick", "register");
        put("persona-use", "nick", "su", "switch");
        put("recall", "unsend", "undo", "revoke", "delete", "rm");
        put("cancel", "abort", "delete", "rm");
        put("shred", "erase", "burn", "delete", "rm");
        put("exit", "quit", "bye", "close", "q", ":q", "disconnect");
        put("help", "man", "?", "h", "commands", "usage");
        put("clear", "cls");
        put("unlock", "login", "connect");
        put("node-add", "connect", "server", "addnode");
        put("node-list", "nodes", "peers");
        put("wallet-status", "balance", "getbalance", "money", "coins", "wallet");
        put("wallet-address", "address", "getnewaddress", "receive");
        put("fee-status", "fee", "fees");
        put("suite-list", "cipher", "ciphers", "suites");
        put("decoy-start", "cover", "decoy", "decoys");
        put("backup-export", "backup", "export");
        put("backup-import", "restore", "import");
        put("passphrase-change", "passwd", "password");
        put("setup", "init", "start", "install");
        put("config", "set", "settings");
        put("doctor", "check", "health");
        put("status", "top", "ps", "uptime", "getinfo");
        put("tour", "tutorial", "intro");
        put("version", "ver", "about");
    }

    private Habits() {}

    private static void put(String ours, String... theirs) {
        for (String each : theirs) {
            NAMES.computeIfAbsent(each, name -> new ArrayList<>()).add(ours);
        }
    }

    /**
     * Returns our names for a typed word, such as {@code msg}, {@code /msg} or {@code MSG}; also for commands that are
     * unavailable.
     */
    static List<String> to(String typed) {
        return NAMES.getOrDefault(withoutSlash(typed).toLowerCase(Locale.ROOT), List.of());
    }

    /** Chat programs have a slash before their commands. */
    static String withoutSlash(String typed) {
        return typed.length() > 1 && typed.charAt(0) == '/' ? typed.substring(1) : typed;
    }
}
