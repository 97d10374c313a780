/** Every setting of every bundle: shown, set, taken back. */
package org.partyline.settings.config;
