/**
 * The grammar of console lines: words, which are used literally. Nothing in a line is code: no variable, no
 * substitution, no history, no file. Karaf's shell, which is a programming language, runs the parsed commands and never
 * sees the words.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.2.0")
package org.partyline.consoleline;
