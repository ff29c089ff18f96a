/* The texts of the files in prompts as they were when the plugin was built, in the order of enum prompt. */
#ifndef LLM_TEMPLATES_H
#define LLM_TEMPLATES_H

extern const char *const llm_templates[];

#endif
