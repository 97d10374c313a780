/** Every setting: shown, set, taken back. */
package org.partyline.shell.config;
